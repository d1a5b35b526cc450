package dev.caisson.engine.image;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What an image is built for, in the words of the Go language.
 *
 * @param os {@code linux}
 * @param architecture {@code amd64}, {@code arm64}
 * @param variant of the architecture, or empty
 */
public record Platform(String os, String architecture, String variant) {

	private static final String LINUX = "linux";

	private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

	/**
	 * Parses {@code os/architecture[/variant]}, or an architecture alone, as clients
	 * write it.
	 * @throws IllegalArgumentException if it is neither
	 */
	public static Platform parse(String text) {
		String[] words = text.split("/", -1);
		boolean wellFormed = words.length <= 3 && Arrays.stream(words).allMatch((word) -> WORD.matcher(word).matches());
		if (!wellFormed) {
			throw new IllegalArgumentException(
					"\"" + text + "\": invalid platform: must be os/architecture or os/architecture/variant");
		}
		return switch (words.length) {
			case 1 -> new Platform(LINUX, words[0], "");
			case 2 -> new Platform(words[0], words[1], "");
			default -> new Platform(words[0], words[1], words[2]);
		};
	}

	/**
	 * What an image is for, by its configuration.
	 * @throws InvalidImageException if it is malformed
	 */
	public static Platform ofConfig(byte[] config) {
		Json json = Json.parse(config, "image configuration");
		return new Platform(json.get("os").text(), json.get("architecture").text(), json.get("variant").text());
	}

	/** This machine's. */
	public static Platform host() {
		String architecture = switch (System.getProperty("os.arch")) {
			case "amd64", "x86_64" -> "amd64";
			case "aarch64" -> "arm64";
			case String other -> other;
		};
		return new Platform(LINUX, architecture, "");
	}

	/**
	 * Whether an image for this runs on another: a variant counts only where both say it,
	 * and arm64's v8 is what every arm64 has.
	 */
	public boolean runsOn(Platform host) {
		boolean plain = this.variant.isEmpty() || host.variant.isEmpty() || this.variant.equals(host.variant);
		return this.os.equals(host.os) && this.architecture.equals(host.architecture) && plain;
	}

	@Override
	public String toString() {
		return this.os + "/" + this.architecture + (this.variant.isEmpty() ? "" : "/" + this.variant);
	}

}
