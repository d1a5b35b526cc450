package dev.caisson.engine.image;

import java.util.Random;

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

	/** A layer of one file of noise. */
	public static byte[] layer(int bytes) {
		byte[] noise = new byte[bytes];
		new Random(1).nextBytes(noise);
		return new RawTar().file("file", noise).bytes();
	}

	public static byte[] gzip(byte[] bytes) {
		return TestArchive.gzip(bytes);
	}

	/** A configuration for this machine. */
	public static byte[] config(byte[]... layers) {
		return TestArchive.utf8(TestArchive.config(layers));
	}

}
