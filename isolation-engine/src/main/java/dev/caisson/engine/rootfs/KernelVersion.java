package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel's version, asked only where a feature cannot be tried without side effects.
 *
 * @param major first number
 * @param minor second number
 */
record KernelVersion(int major, int minor) {

	private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

	/** Of this host; initialized after the pattern it is read with. */
	static final KernelVersion RUNNING = read();

	static KernelVersion parse(String release) {
		Matcher matcher = FORM.matcher(release);
		if (!matcher.matches()) {
			throw new IllegalStateException("unknown form of kernel release: " + release);
		}
		return new KernelVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
	}

	boolean isAtLeast(int major, int minor) {
		return this.major > major || (this.major == major && this.minor >= minor);
	}

	private static KernelVersion read() {
		try {
			return parse(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
