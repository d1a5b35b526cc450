package dev.caisson.engine.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Kernel parameters of this thread's network namespace, see ip-sysctl.rst. */
final class Sysctl {

	private static final Path NET = Path.of("/proc/sys/net");

	private Sysctl() {
	}

	/** Reads a parameter; empty if this kernel has none of that name. */
	static String read(String name) {
		try {
			return Files.readString(NET.resolve(name)).strip();
		}
		catch (IOException absent) {
			return "";
		}
	}

	static void write(String name, String value) {
		try {
			Files.writeString(NET.resolve(name), value);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("set net/" + name + " to " + value + ": " + ex.getMessage(), ex);
		}
	}

}
