package dev.caisson.platform.server;

import java.util.Comparator;

import jakarta.servlet.http.HttpServletRequest;

/**
 * A version of the Docker Engine API, as the client asked for it. A controller takes it
 * as a method argument.
 *
 * @param major always 1 so far
 * @param minor what changes
 */
public record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {

	/** The oldest that real clients still ask for. */
	public static final ApiVersion MINIMUM = new ApiVersion(1, 24);

	/** The newest that is answered, and the one that is meant when none is named. */
	public static final ApiVersion MAXIMUM = new ApiVersion(1, 51);

	private static final Comparator<ApiVersion> ORDER = Comparator.comparingInt(ApiVersion::major)
		.thenComparingInt(ApiVersion::minor);

	/** The version that a request asked for. */
	public static ApiVersion of(HttpServletRequest request) {
		return (request.getAttribute(ApiVersion.class.getName()) instanceof ApiVersion version) ? version : MAXIMUM;
	}

	/**
	 * Reads digits and dots; what comes after the second number does not matter.
	 * @throws BadParameterException if it is outside of what is supported
	 */
	static ApiVersion negotiate(String text) {
		ApiVersion version = parse(text);
		if (version.compareTo(MINIMUM) < 0) {
			throw new BadParameterException("client version " + text + " is too old. Minimum supported API version is "
					+ MINIMUM + ", please upgrade your client to a newer version");
		}
		if (version.compareTo(MAXIMUM) > 0) {
			throw new BadParameterException(
					"client version " + text + " is too new. Maximum supported API version is " + MAXIMUM);
		}
		return version;
	}

	private static ApiVersion parse(String text) {
		String[] parts = text.split("\\.");
		return new ApiVersion(number(parts, 0), number(parts, 1));
	}

	private static int number(String[] parts, int index) {
		if (index >= parts.length || parts[index].isEmpty()) {
			return 0;
		}
		// more digits than any version has: newer than all
		return (parts[index].length() > 6) ? Integer.MAX_VALUE : Integer.parseInt(parts[index]);
	}

	public boolean isAtLeast(int major, int minor) {
		return compareTo(new ApiVersion(major, minor)) >= 0;
	}

	@Override
	public int compareTo(ApiVersion other) {
		return ORDER.compare(this, other);
	}

	@Override
	public String toString() {
		return this.major + "." + this.minor;
	}

}
