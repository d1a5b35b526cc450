package dev.caisson.platform.volume;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

import dev.caisson.engine.spec.InvalidSpecException;

/** Names of volumes, which are names of directories too. */
public final class VolumeName {

	private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

	private static final int LONGEST = 255;

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int BYTES = 32;

	private VolumeName() {
	}

	/** One that nobody has. */
	public static String generate() {
		byte[] bytes = new byte[BYTES];
		RANDOM.nextBytes(bytes);
		return HexFormat.of().formatHex(bytes);
	}

	/**
	 * In Docker's words also what a relative path is told: it looks like a name.
	 * @throws InvalidSpecException if it cannot be a name
	 */
	public static void check(String name) {
		if (name.length() < 2 || name.length() > LONGEST || !FORM.matcher(name).matches()) {
			String reason = (name.length() == 1)
					? "volume name is too short, names should be at least two alphanumeric characters"
					: "\"" + name + "\" includes invalid characters for a local volume name, only "
							+ "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, "
							+ "use absolute path";
			throw new InvalidSpecException("HostConfig.Binds", "create " + name + ": " + reason);
		}
	}

}
