package dev.caisson.engine.image;

/** Images for tests outside of this package. */
public final class TestImages {

	private TestImages() {
	}

	/** A docker-archive; each layer has one file of this content. */
	public static byte[] dockerArchive(String tag, String... contents) {
		byte[][] layers = new byte[contents.length][];
		for (int i = 0; i < layers.length; i++) {
			layers[i] = new RawTar().file("file", contents[i]).bytes();
		}
		return TestArchive.docker(tag, layers);
	}

}
