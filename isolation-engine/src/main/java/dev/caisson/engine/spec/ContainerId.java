package dev.caisson.engine.spec;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A container's id: 64 lower-case hex digits, of which the first 12 are shown.
 *
 * @param value the digits
 */
public record ContainerId(String value) {

	private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

	private static final SecureRandom RANDOM = new SecureRandom();

	public ContainerId {
		if (!FORM.matcher(value).matches()) {
			throw new InvalidSpecException("Id", "invalid container id: " + value);
		}
	}

	public static ContainerId random() {
		byte[] bytes = new byte[32];
		RANDOM.nextBytes(bytes);
		return new ContainerId(HexFormat.of().formatHex(bytes));
	}

	public String shortForm() {
		return this.value.substring(0, 12);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
