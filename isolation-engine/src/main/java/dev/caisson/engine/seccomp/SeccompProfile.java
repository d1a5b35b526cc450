package dev.caisson.engine.seccomp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * A seccomp profile in Docker's JSON form. Nothing is resolved yet: which rules count
 * depends on the capabilities, the architecture and the kernel. Immutable.
 *
 * @param defaultAction what happens to calls that no rule matches
 * @param defaultErrno what ERRNO answers by default, and TRACE reports
 * @param architectures the ones to filter, by libseccomp's names; the profile's
 * {@code archMap} is resolved already for the machine this runs on
 * @param flags of seccomp(2)
 * @param rules in the profile's order
 * @param digest SHA-256 of the JSON text, in hexadecimal
 */
public record SeccompProfile(SeccompAction defaultAction, int defaultErrno, Set<String> architectures, int flags,
		List<SeccompRule> rules, String digest) {

	/** Of linux/seccomp.h. */
	static final int FLAG_LOG = 2, FLAG_SPEC_ALLOW = 4;

	public SeccompProfile {
		architectures = Set.copyOf(architectures);
		rules = List.copyOf(rules);
	}

	/**
	 * Reads a profile.
	 * @throws dev.caisson.engine.spec.InvalidSpecException if it is not one, naming the
	 * place in the JSON
	 */
	public static SeccompProfile parse(String json) {
		return new ProfileReader(json).read();
	}

	/** The profile of containers that ask for nothing else: Caisson's own. */
	public static SeccompProfile defaults() {
		return Default.PROFILE;
	}

	/** The JSON text of the default profile, which documents itself. */
	public static String defaultText() {
		try (InputStream text = SeccompProfile.class.getResourceAsStream("default-profile.json")) {
			return new String(text.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Reads the default profile when it is first wanted. */
	private static final class Default {

		static final SeccompProfile PROFILE = parse(defaultText());

	}

}
