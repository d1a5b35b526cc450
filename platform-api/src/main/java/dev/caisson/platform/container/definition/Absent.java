package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** What stands for a field that a client left out or sent as null. */
final class Absent {

	private Absent() {
	}

	static String text(@Nullable String value) {
		return (value != null) ? value : "";
	}

	static String text(@Nullable String value, String otherwise) {
		return (value == null || value.isEmpty()) ? otherwise : value;
	}

	static <T> List<T> list(@Nullable List<T> values) {
		return (values != null) ? values.stream().filter(Objects::nonNull).toList() : List.of();
	}

	static <T> @Nullable List<T> listOrNull(@Nullable List<T> values) {
		return (values != null) ? list(values) : null;
	}

	static <K, V> Map<K, V> map(@Nullable Map<K, V> values) {
		return (values != null) ? values : Map.of();
	}

}
