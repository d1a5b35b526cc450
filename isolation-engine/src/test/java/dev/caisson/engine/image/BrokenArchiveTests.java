package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Archives that are not what they say are refused, and leave nothing. */
@KernelTest
class BrokenArchiveTests {

	private static final byte[] LAYER = new RawTar().file("f", "content").bytes();

	private static final byte[] OTHER = new RawTar().file("f", "changed").bytes();

	private static final UnpackLimits LIMITS = new UnpackLimits(1000, 1 << 20, 32, 4096, 1 << 20);

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	@AfterEach
	void nothingIsLeft() throws IOException {
		try (ImageStore store = open(); Stream<Path> files = Files.list(this.roots.data().resolve("layers"))) {
			assertThat(store.list()).isEmpty();
			assertThat(
					files.map((file) -> file.getFileName().toString()).filter((name) -> !name.startsWith(".removed-")))
				.containsExactly(".empty");
			assertThat(this.roots.data().resolve("content/sha256")).isEmptyDirectory();
		}
	}

	private ImageStore open() {
		return ImageStore.open(this.roots.data(), LIMITS, Platform.host());
	}

	private void refuses(byte[] archive, String message) {
		try (ImageStore store = open()) {
			assertThatExceptionOfType(InvalidImageException.class)
				.isThrownBy(() -> store.load(new ByteArrayInputStream(archive), (event) -> {
				}))
				.withMessageContaining(message);
		}
	}

	private static byte[] docker(String config, byte[] layer) {
		return new TestArchive().addFile("l.tar", layer).addImage("a", config, List.of("l.tar")).bytes();
	}

	@Test
	void whatIsNoArchive() {
		refuses(new byte[0], "neither manifest.json nor index.json is in it");
		refuses(new RawTar().file("a", "b").bytes(), "neither manifest.json nor index.json is in it");
		refuses(TestArchive.utf8("hello".repeat(1000)), "header with a wrong checksum");
		refuses(Arrays.copyOf(TestArchive.gzip(new byte[100_000]), 60), "");
		refuses(TestArchive.gzip(TestArchive.utf8("x".repeat(5000))), "header with a wrong checksum");
	}

	@Test
	void layerOfAnotherDigest() {
		refuses(docker(TestArchive.config(LAYER), OTHER),
				"layer is not " + Digest.ofBytes(LAYER) + " but " + Digest.ofBytes(OTHER));
		TestArchive oci = new TestArchive();
		Digest claimed = Digest.ofBytes(LAYER);
		oci.addFile("blobs/sha256/" + claimed.hex(), OTHER);
		String config = oci.addBlob("config.v1+json", TestArchive.utf8(TestArchive.config(OTHER)));
		String manifest = oci.addBlob("manifest.v1+json", TestArchive.utf8("{\"config\":%s,\"layers\":[%s]}"
			.formatted(config, TestArchive.descriptor("layer.v1.tar", claimed, LAYER.length))));
		refuses(oci.addOciIndex(manifest).bytes(), "layer is not " + claimed);
	}

	@Test
	void documentsOfAnotherDigest() {
		TestArchive oci = new TestArchive();
		Digest claimed = Digest.ofBytes(LAYER);
		oci.addFile("blobs/sha256/" + claimed.hex(), TestArchive.utf8("{}"));
		refuses(oci.addOciIndex(TestArchive.descriptor("manifest.v1+json", claimed, 2)).bytes(),
				"blob is not " + claimed);
		String config = TestArchive.config(LAYER);
		byte[] docker = new RawTar().file("l.tar", LAYER)
			.file("00".repeat(32) + ".json", config)
			.file("manifest.json",
					"[{\"Config\":\"" + "00".repeat(32) + ".json\",\"RepoTags\":null,\"Layers\":[\"l.tar\"]}]")
			.bytes();
		refuses(docker, "configuration is not sha256:" + "00".repeat(32));
	}

	@Test
	void truncatedArchive() {
		byte[] archive = TestArchive.docker("a", new RawTar().file("f", new byte[100_000]).bytes());
		refuses(Arrays.copyOf(archive, 50_000), "unexpected end of the archive");
		refuses(Arrays.copyOf(TestArchive.gzip(archive), 200), "archive: ");
		refuses(Arrays.copyOf(TestArchive.zstd(archive), 200), "archive: ");
	}

	@Test
	void truncatedLayer() {
		byte[] layer = new RawTar().file("f", new byte[100_000]).bytes();
		refuses(docker(TestArchive.config(layer), Arrays.copyOf(layer, 50_000)), "unexpected end of the archive");
		byte[] gzip = TestArchive.gzip(layer);
		refuses(docker(TestArchive.config(layer), Arrays.copyOf(gzip, gzip.length - 20)), "corrupt GZIP stream");
		byte[] zstd = TestArchive.zstd(layer);
		refuses(docker(TestArchive.config(layer), Arrays.copyOf(zstd, zstd.length - 5)), "corrupt ZSTD stream");
		gzip[gzip.length - 6] ^= 1;
		refuses(docker(TestArchive.config(layer), gzip), "corrupt GZIP stream");
	}

	@Test
	void missingParts() {
		refuses(new TestArchive().addImage("a", TestArchive.config(LAYER), List.of("l.tar")).bytes(),
				"layer l.tar is missing");
		refuses(new TestArchive().addImage("a", TestArchive.config(LAYER), List.of()).bytes(),
				"names 1 layers, but has 0");
		refuses(new TestArchive().addSymlink("x", "y")
			.addSymlink("y", "x")
			.addImage("a", TestArchive.config(LAYER), List.of("x"))
			.bytes(), "is a link that leads nowhere");
		refuses(docker(TestArchive.config(LAYER), TestArchive.utf8("plain text".repeat(100))),
				"neither a tar archive nor one packed by gzip or zstd");
		refuses(new RawTar().file("manifest.json", "[{\"Config\":\"c\"}]").bytes(), "c is missing or not JSON");
	}

	@Test
	void malformedDocuments() {
		refuses(new RawTar().file("manifest.json", "[{").bytes(), "manifest.json: malformed JSON");
		refuses(new RawTar().file("manifest.json", "{}").bytes(), "manifest.json: must be a list");
		refuses(new RawTar().file("manifest.json", "[".repeat(100_000)).bytes(), "manifest.json: malformed JSON");
		refuses(docker("{}", LAYER), "image configuration: no rootfs in it");
		refuses(docker("{\"rootfs\":{\"diff_ids\":[\"md5:00\"]}}", LAYER), "rootfs.diff_ids[0]: must be a digest");
		refuses(docker("{\"rootfs\":{\"diff_ids\":[5]}}", LAYER), "rootfs.diff_ids[0]: must be a string");
		refuses(docker(TestArchive.config(LAYER).replace("[\"A=1\"]", "7"), LAYER), "config.Env: must be a list");
		refuses(docker(TestArchive.config(LAYER).replace("2024-05", "2024-25"), LAYER), "created: must be a time");
		refuses(new TestArchive().addFile("l.tar", LAYER)
			.addImage("not/VALID", TestArchive.config(LAYER), List.of("l.tar"))
			.bytes(), "tag not/VALID: invalid reference format: repository name (not/VALID) must be lowercase");
	}

	@Test
	void indexOfOtherPlatformsOnly() {
		TestArchive archive = new TestArchive();
		String image = archive.addOciImage(TestArchive.config(LAYER), LAYER);
		String foreign = TestArchive.with(image, "\"platform\":{\"os\":\"linux\",\"architecture\":\"s390x\"}");
		String index = archive.addBlob("index.v1+json", TestArchive.utf8(TestArchive.index(foreign, foreign)));
		refuses(archive.addOciIndex(index).bytes(), "no image for linux/" + Platform.host().architecture() + " in it");
	}

	@Test
	void bombs() {
		byte[] layer = new RawTar().file("f", new byte[2 << 20]).bytes();
		refuses(docker(TestArchive.config(layer), TestArchive.gzip(layer)), "files of more than 1048576 bytes");
		byte[] tail = Arrays.copyOf(LAYER, 10 << 20);
		refuses(docker(TestArchive.config(tail), TestArchive.gzip(tail)), "an archive of more than 2097152 bytes");
		RawTar many = new RawTar();
		for (int i = 0; i < 2000; i++) {
			many.directory("d" + i);
		}
		byte[] entries = many.bytes();
		refuses(docker(TestArchive.config(entries), entries), "more than 1000 entries");
	}

}
