package dev.caisson.platform.container;

import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ListFilters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ListFiltersTests {

	@Test
	void bothFormsMeanTheSame() {
		assertThat(ListFilters.parse("{\"label\":{\"a=b\":true,\"c\":false}}").of("label")).containsExactly("a=b");
		assertThat(ListFilters.parse("{\"label\":[\"a=b\"]}").of("label")).containsExactly("a=b");
		assertThat(ListFilters.parse(null).values()).isEmpty();
		assertThat(ListFilters.parse("").values()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "{", "{\"label\":\"a\"}", "{\"label\":[1]}", "label=a" })
	void anythingElseIsRefused(String text) {
		assertThatExceptionOfType(BadParameterException.class).isThrownBy(() -> ListFilters.parse(text));
	}

	@Test
	void unknownFiltersAreRefused() {
		assertThatExceptionOfType(BadParameterException.class)
			.isThrownBy(() -> new ContainerFilter(ListFilters.parse("{\"colour\":[\"red\"]}"), new ContainerRegistry(),
					(_) -> (_) -> false, (_, _) -> false))
			.withMessage("invalid filter 'colour'");
		assertThatExceptionOfType(BadParameterException.class)
			.isThrownBy(() -> new ContainerFilter(ListFilters.parse("{\"status\":[\"up\"]}"), new ContainerRegistry(),
					(_) -> (_) -> false, (_, _) -> false))
			.withMessage("invalid filter 'status=up'");
	}

}
