package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

/**
 * What a store finds when it is opened after things went wrong; and the built-in image.
 */
@KernelTest
class StoreRecoveryTests {

	private static final byte[] LAYER = new RawTar().directory("d").file("d/f", "content").bytes();

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private ImageStore open() {
		return ImageStore.open(this.roots.data(), UnpackLimits.DEFAULT, Platform.host());
	}

	private Path layer() {
		return this.roots.data().resolve("layers").resolve(Digest.ofBytes(LAYER).hex());
	}

	private Image load(ImageStore store) throws IOException {
		return store.load(new ByteArrayInputStream(TestArchive.docker("a:1", LAYER)), (event) -> {
		}).getFirst();
	}

	/** Housekeeping deletes after it has answered. */
	private static void disappears(Path path) throws Exception {
		for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos(); Files.exists(path);) {
			if (System.nanoTime() > end) {
				fail(path + " is still there");
			}
			Thread.sleep(5);
		}
	}

	@Test
	void remainsOfACrashAreRemoved() throws Exception {
		try (ImageStore store = open()) {
			load(store);
		}
		Path layers = this.roots.data().resolve("layers");
		Path partial = Files.createDirectories(layers.resolve(".partial-5/deep/down")).getParent().getParent();
		Path removed = Files.createDirectories(layers.resolve(".removed-6/x")).getParent();
		Path unknown = Files.createDirectory(layers.resolve("0".repeat(64)));
		Path blob = Files.writeString(this.roots.data().resolve("content/sha256/" + "0".repeat(64)), "x");
		Path halfBlob = Files.writeString(this.roots.data().resolve("content/sha256/" + "1".repeat(64) + ".new"), "x");
		Files.writeString(this.roots.data().resolve("images.json.new"), "{half");
		try (ImageStore store = open()) {
			assertThat(List.of(unknown, blob, halfBlob)).allSatisfy((path) -> assertThat(path).doesNotExist());
			disappears(partial);
			disappears(removed);
			assertThat(store.find("a:1").size()).isEqualTo(7);
			assertThat(layer().resolve("d/f")).hasContent("content");
			assertThat(layers).isDirectoryContaining((path) -> path.getFileName().toString().equals(".empty"));
		}
	}

	@Test
	void imageWhoseLayerIsGoneIsLeftOutAndCanBeLoadedAgain() throws IOException {
		try (ImageStore store = open()) {
			load(store);
		}
		Files.delete(layer().resolve("d/f"));
		Files.delete(layer().resolve("d"));
		Files.delete(layer());
		try (ImageStore store = open()) {
			assertThat(store.list()).isEmpty();
			load(store);
			assertThat(layer().resolve("d/f")).hasContent("content");
		}
	}

	@Test
	void imageWhoseConfigurationWasChangedIsLeftOut() throws IOException {
		Image image;
		try (ImageStore store = open()) {
			image = load(store);
		}
		Path config = this.roots.data().resolve("content/sha256").resolve(image.id().hex());
		Files.writeString(config, Files.readString(config).replace("sh", "ls"));
		try (ImageStore store = open()) {
			assertThat(store.list()).isEmpty();
			assertThatExceptionOfType(ImageNotFoundException.class).isThrownBy(() -> store.find("a:1"));
		}
	}

	@Test
	void layerNotKnownToBeOnDiskIsNotTrustedAfterAnotherBoot() throws IOException {
		Path index = this.roots.data().resolve("images.json");
		try (ImageStore store = open()) {
			load(store);
		}
		// whether the layer was brought to disk before the store was closed does not
		// matter
		String known = Files.readString(index);
		String changed = known.replaceAll("\"unsettled\":\"[^\"]*\"", "\"unsettled\":\"another-boot\"");
		assertThat(changed).isNotEqualTo(known);
		Files.writeString(index, changed);
		try (ImageStore store = open()) {
			assertThat(store.list()).isEmpty();
		}
	}

	@Test
	void layersAreForRootAlone() throws IOException {
		try (ImageStore store = open()) {
			load(store);
			assertThat(Files.getAttribute(layer().getParent(), "unix:mode")).isEqualTo(040700);
		}
	}

	@Test
	void builtInImageIsMadeOnceAndStaysRemoved() {
		Image hello;
		try (ImageStore store = ImageStore.open(this.roots.data())) {
			hello = store.find("caisson/hello");
			assertThat(hello.config().cmd()).containsExactly("/hello");
			assertThat(hello.architecture()).isEqualTo(Platform.host().architecture());
			assertThat(store.layers(hello.id())).singleElement()
				.satisfies((path) -> assertThat(path.resolve("hello")).isExecutable().isRegularFile());
		}
		try (ImageStore store = ImageStore.open(this.roots.data())) {
			assertThat(store.list()).containsExactly(hello);
			store.remove("caisson/hello", false);
		}
		try (ImageStore store = ImageStore.open(this.roots.data())) {
			assertThat(store.list()).isEmpty();
		}
	}

	@Test
	void builtInImageGreets() throws Exception {
		try (ImageStore store = ImageStore.open(this.roots.data())) {
			Path program = store.layers(store.find("caisson/hello").id()).getFirst().resolve("hello");
			Process process = new ProcessBuilder(program.toString()).start();
			String greeting = new String(process.getInputStream().readAllBytes(),
					java.nio.charset.StandardCharsets.UTF_8);
			assertThat(process.waitFor()).isZero();
			assertThat(greeting).contains("Hello from Caisson!");
		}
	}

	@Test
	void newerBuiltInImageReplacesTheOlder() throws IOException {
		Path index = this.roots.data().resolve("images.json");
		Image hello;
		Image older;
		try (ImageStore store = ImageStore.open(this.roots.data())) {
			hello = store.find("caisson/hello");
			older = load(store);
			store.tag("a:1", ImageReference.parse(BuiltInImage.NAME));
			store.remove("a:1", false);
			store.remove(hello.id().toString(), false);
		}
		// closed: an open store writes its index when it has settled a layer
		String text = Files.readString(index);
		String before = text.substring(text.indexOf("\"builtIn\""));
		Files.writeString(index, text.replace(before, before.replace(hello.id().toString(), older.id().toString())
			.replaceFirst("\"program\":\"sha256:[0-9a-f]{4}", "\"program\":\"sha256:0000")));
		try (ImageStore store = ImageStore.open(this.roots.data())) {
			store.sweep();
			assertThat(store.find("caisson/hello").id()).isEqualTo(hello.id());
			assertThat(layer()).doesNotExist();
		}
	}

}
