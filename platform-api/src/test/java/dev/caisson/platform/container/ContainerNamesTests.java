package dev.caisson.platform.container;

import java.util.HashSet;
import java.util.Set;

import dev.caisson.platform.server.BadParameterException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ContainerNamesTests {

	@Test
	void slashIsNotPartOfTheName() {
		assertThat(ContainerNames.check("/web_1.a-b")).isEqualTo("web_1.a-b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-ab", "_ab", "a b", "a/b", "//ab", "\u00e4bc", "ab\n" })
	void otherNamesAreRefused(String name) {
		assertThatExceptionOfType(BadParameterException.class).isThrownBy(() -> ContainerNames.check(name))
			.withMessage("Invalid container name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
	}

	@Test
	void generatedNamesAreNamesAndNotTaken() {
		Set<String> taken = new HashSet<>();
		for (int i = 0; i < 10_000; i++) {
			String name = ContainerNames.generate(taken::contains);
			assertThat(ContainerNames.check(name)).isEqualTo(name);
			assertThat(taken.add(name)).isTrue();
		}
	}

}
