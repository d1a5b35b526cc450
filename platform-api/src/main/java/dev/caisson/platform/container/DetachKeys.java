package dev.caisson.platform.container;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;

import dev.caisson.platform.server.BadParameterException;

/**
 * A sequence of keys that takes a client off a terminal. Keys that begin it are held back
 * until it is clear whether it goes on. Used by one thread.
 */
final class DetachKeys {

	static final String DEFAULT = "ctrl-p,ctrl-q";

	private static final String CONTROL = "ctrl-";

	private final byte[] keys;

	private int matched;

	private DetachKeys(byte[] keys) {
		this.keys = keys;
	}

	/**
	 * Reads {@code ctrl-p,ctrl-q} or {@code a}.
	 * @throws BadParameterException if there is no such key
	 */
	static DetachKeys parse(String text) {
		ByteArrayOutputStream keys = new ByteArrayOutputStream();
		for (String word : text.split(",", -1)) {
			keys.write(key(word));
		}
		return new DetachKeys(keys.toByteArray());
	}

	private static int key(String word) {
		if (word.length() == 1 && word.charAt(0) < 128) {
			return word.charAt(0);
		}
		if (word.startsWith(CONTROL) && word.length() == CONTROL.length() + 1) {
			int key = word.toLowerCase(Locale.ROOT).charAt(CONTROL.length());
			if (key >= 'a' && key <= 'z') {
				return key - 'a' + 1;
			}
			int other = "@[\\]^_".indexOf(key);
			if (other >= 0) {
				return (other == 0) ? 0 : 26 + other;
			}
		}
		throw new BadParameterException("invalid detach keys: unknown character: '" + word + "'");
	}

	/**
	 * Takes the keys out of what was typed.
	 * @param typed is consumed up to the end of the sequence
	 * @return what is for the terminal
	 */
	ByteBuffer filter(ByteBuffer typed) {
		ByteArrayOutputStream passed = new ByteArrayOutputStream();
		while (typed.hasRemaining() && !isComplete()) {
			byte key = typed.get();
			if (key == this.keys[this.matched]) {
				this.matched++;
			}
			else {
				passed.write(this.keys, 0, this.matched);
				this.matched = (key == this.keys[0]) ? 1 : 0;
				if (this.matched == 0) {
					passed.write(key);
				}
			}
		}
		return ByteBuffer.wrap(passed.toByteArray());
	}

	boolean isComplete() {
		return this.matched == this.keys.length;
	}

}
