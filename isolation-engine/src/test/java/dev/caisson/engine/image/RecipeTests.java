package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.caisson.engine.testing.DockerRegistry;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A layer's archive is made again from its files, byte for byte. */
@KernelTest
class RecipeTests {

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private byte[] madeAgain(byte[] layer) throws IOException {
		try (ImageStore store = ImageStore.open(this.roots.data())) {
			Image image = store.load(new ByteArrayInputStream(TestArchive.docker("a:1", layer)), (event) -> {
			}).getFirst();
			try (ImageDispatch dispatch = store.dispatch(image.id());
					InputStream archive = dispatch.archive(image.diffIds().getFirst())) {
				return archive.readAllBytes();
			}
		}
	}

	@Test
	void filesOfEverySizeAndEmptyArchives() throws IOException {
		RawTar tar = new RawTar().directory("d");
		Random random = new Random(7);
		for (int size : new int[] { 0, 1, 511, 512, 513, 65536, 300_001 }) {
			byte[] content = new byte[size];
			random.nextBytes(content);
			tar.file("d/" + size, content);
		}
		byte[] layer = tar.symlink("link", "d/1").file(".wh.gone", new byte[0]).bytes();
		assertThat(madeAgain(layer)).isEqualTo(layer);
	}

	/** GNU tar with everything: holes, long and odd names, links, padding to 10 kB. */
	@Test
	void archivesOfGnuTar() throws IOException {
		for (String format : new String[] { "gnu", "pax", "ustar" }) {
			Path tree = this.roots.directory(format);
			DockerRegistry.run("sh", "-c",
					"cd '" + tree + "' && mkdir -p d/\"$(printf 'l%.0s' $(seq 60))\" && "
							+ "printf x > \"$(printf 'd/\\351')\" && truncate -s 1M d/hole && printf end >> d/hole && "
							+ "ln d/hole d/second && ln -s hole d/sym && mkfifo d/fifo && chown 70000:70001 d/hole");
			String sparse = format.equals("ustar") ? "" : "-S";
			Path archive = this.roots.directory("out").resolve(format + ".tar");
			DockerRegistry.run("sh", "-c",
					"tar -C '" + tree + "' " + sparse + " --format=" + format + " -cf '" + archive + "' .");
			byte[] layer = Files.readAllBytes(archive);
			assertThat(madeAgain(layer)).as(format).isEqualTo(layer);
		}
	}

	@Test
	void layerThatWasChangedOnDiskIsNoticed() throws IOException {
		byte[] layer = new RawTar().file("f", "content").bytes();
		madeAgain(layer);
		Path file = this.roots.data().resolve("layers/" + Digest.ofBytes(layer).hex() + "/f");
		for (String changed : new String[] { "Content", "short", "a longer content" }) {
			Files.writeString(file, changed);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> madeAgain(layer))
				.withMessageContaining("layer");
			Files.writeString(file, "content");
		}
		assertThat(madeAgain(layer)).isEqualTo(layer);
	}

}
