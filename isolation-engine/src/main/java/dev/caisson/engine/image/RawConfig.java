package dev.caisson.engine.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of a configuration, which its digest is made of. Immutable. */
public final class RawConfig {

	private final byte[] bytes;

	RawConfig(byte[] bytes) {
		this.bytes = bytes.clone();
	}

	public byte[] bytes() {
		return this.bytes.clone();
	}

	/** The JSON text. */
	public String text() {
		return new String(this.bytes, StandardCharsets.UTF_8);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof RawConfig that && Arrays.equals(this.bytes, that.bytes);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.bytes);
	}

	@Override
	public String toString() {
		return text();
	}

}
