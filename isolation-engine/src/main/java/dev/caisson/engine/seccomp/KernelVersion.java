package dev.caisson.engine.seccomp;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a kernel's version that profiles compare.
 *
 * @param version the first number
 * @param patch the second number
 */
public record KernelVersion(int version, int patch) implements Comparable<KernelVersion> {

	private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(\\D.*)?");

	/** Reads {@code 4.8}, or what uname(2) says: {@code 6.1.0-18-amd64}. */
	static Optional<KernelVersion> parse(String text) {
		Matcher matcher = FORM.matcher(text);
		return matcher.matches()
				? Optional.of(new KernelVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
				: Optional.empty();
	}

	/** The kernel that runs here. */
	static KernelVersion ofHost() {
		String release = System.getProperty("os.version");
		return parse(release).orElseThrow(() -> new IllegalStateException("unreadable kernel version: " + release));
	}

	@Override
	public int compareTo(KernelVersion other) {
		return (this.version != other.version) ? Integer.compare(this.version, other.version)
				: Integer.compare(this.patch, other.patch);
	}

	@Override
	public String toString() {
		return this.version + "." + this.patch;
	}

}
