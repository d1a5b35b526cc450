package dev.caisson.platform.container;

import java.util.Locale;
import java.util.Set;

import dev.caisson.platform.server.BadParameterException;
import org.jspecify.annotations.Nullable;

/** Parameters of requests as Docker reads them. */
final class QueryFlag {

	private static final Set<String> FALSE = Set.of("", "0", "no", "false", "none");

	private QueryFlag() {
	}

	/** Everything is true but a few words. */
	static boolean isTrue(@Nullable String value) {
		return value != null && !FALSE.contains(value.strip().toLowerCase(Locale.ROOT));
	}

	/**
	 * A number.
	 * @return null if there is none
	 * @throws BadParameterException if it is not one
	 */
	static @Nullable Integer number(String parameter, @Nullable String value) {
		if (value == null || value.isEmpty()) {
			return null;
		}
		try {
			return Integer.valueOf(value);
		}
		catch (NumberFormatException ex) {
			throw new BadParameterException("invalid value for parameter " + parameter + ": \"" + value + "\"");
		}
	}

}
