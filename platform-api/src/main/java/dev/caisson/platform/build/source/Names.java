package dev.caisson.platform.build.source;

import java.nio.charset.StandardCharsets;

import dev.caisson.engine.tar.TarEntry;

/** Names of files are bytes in trees, a character each, and text everywhere else. */
public final class Names {

	private Names() {
	}

	/** The bytes of a text. */
	public static String ofText(String text) {
		return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
	}

	/** The text that bytes are, for patterns and people. */
	static String toText(String name) {
		return new String(TarEntry.bytes(name), StandardCharsets.UTF_8);
	}

}
