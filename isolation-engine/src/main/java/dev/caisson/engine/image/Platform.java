package dev.caisson.engine.image;

/**
 * What an image is built for, in the words of the Go language.
 *
 * @param os {@code linux}
 * @param architecture {@code amd64}, {@code arm64}
 * @param variant of the architecture, or empty
 */
record Platform(String os, String architecture, String variant) {

	/** This machine's. */
	static Platform host() {
		String architecture = switch (System.getProperty("os.arch")) {
			case "amd64", "x86_64" -> "amd64";
			case "aarch64" -> "arm64";
			case String other -> other;
		};
		return new Platform("linux", architecture, "");
	}

	/**
	 * Whether an image for this runs on another: a variant counts only where both say it,
	 * and arm64's v8 is what every arm64 has.
	 */
	boolean runsOn(Platform host) {
		boolean plain = this.variant.isEmpty() || host.variant.isEmpty() || this.variant.equals(host.variant);
		return this.os.equals(host.os) && this.architecture.equals(host.architecture) && plain;
	}

	@Override
	public String toString() {
		return this.os + "/" + this.architecture + (this.variant.isEmpty() ? "" : "/" + this.variant);
	}

}
