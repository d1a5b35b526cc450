package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Archives of every form go in, images come out; names come and go; restarts change
 * nothing.
 */
@KernelTest
class ImageStoreTests {

	private static final byte[] BASE = new RawTar().directory("etc").file("etc/base", "base").bytes();

	private static final byte[] TOP = new RawTar().file("top", "top!").bytes();

	private static final byte[] OTHER = new RawTar().file("other", "other").bytes();

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private final List<LoadEvent> events = new ArrayList<>();

	private ImageStore open() {
		return ImageStore.open(this.roots.data(), UnpackLimits.DEFAULT, Platform.host());
	}

	private List<Image> load(ImageStore store, byte[] archive) throws IOException {
		return store.load(new ByteArrayInputStream(archive), this.events::add);
	}

	private Path layers() {
		return this.roots.data().resolve("layers");
	}

	/** The layers on disk, but for what housekeeping is about to delete. */
	private List<String> layerNames() throws IOException {
		try (Stream<Path> files = Files.list(layers())) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> !name.startsWith(".removed-") && !name.equals(".empty"))
				.sorted()
				.toList();
		}
	}

	private List<String> blobNames() throws IOException {
		try (Stream<Path> files = Files.list(this.roots.data().resolve("content/sha256"))) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	private static String hex(byte[] layer) {
		return Digest.ofBytes(layer).hex();
	}

	private void hasTwoLayers(ImageStore store, Image image) {
		assertThat(image.diffIds()).containsExactly(Digest.ofBytes(BASE), Digest.ofBytes(TOP));
		List<Path> paths = store.layers(image.id());
		assertThat(paths).containsExactly(layers().resolve(hex(BASE)), layers().resolve(hex(TOP)));
		assertThat(paths.get(0).resolve("etc/base")).hasContent("base");
		assertThat(paths.get(1).resolve("top")).hasContent("top!");
		assertThat(image.size()).isEqualTo(8);
	}

	@ParameterizedTest
	@EnumSource(Compression.class)
	void dockerArchiveIsLoadedHoweverItIsPacked(Compression compression) throws IOException {
		byte[] archive = TestArchive.docker("busybox:1", BASE, TOP);
		byte[] packed = switch (compression) {
			case NONE -> archive;
			case GZIP -> TestArchive.gzip(archive);
			case ZSTD -> TestArchive.zstd(archive);
		};
		try (ImageStore store = open()) {
			Image image = load(store, packed).getFirst();
			hasTwoLayers(store, image);
			assertThat(image.tags()).containsExactly(ImageReference.parse("busybox:1"));
			assertThat(image.rawConfig().text()).isEqualTo(TestArchive.config(BASE, TOP));
			assertThat(image.id()).isEqualTo(Digest.ofBytes(TestArchive.utf8(TestArchive.config(BASE, TOP))));
			assertThat(image.created()).isEqualTo(Instant.parse("2024-05-06T07:08:09.123456789Z"));
			assertThat(image.config().cmd()).containsExactly("sh");
			assertThat(image.history()).extracting(Image.History::createdBy).containsExactly("test");
			assertThat(this.events).contains(new LoadEvent.Loaded(image.tags().getFirst(), image.id()));
			assertThat(this.events).first().isInstanceOf(LoadEvent.LayerProgress.class);
		}
	}

	@ParameterizedTest
	@EnumSource(Compression.class)
	void layersArePackedAsTheyLike(Compression compression) throws IOException {
		TestArchive archive = new TestArchive();
		for (byte[] layer : List.of(BASE, TOP)) {
			archive.addFile(hex(layer) + ".tar.gz", switch (compression) {
				case NONE -> layer;
				case GZIP -> TestArchive.gzip(layer);
				case ZSTD -> TestArchive.zstd(layer);
			});
		}
		archive.addImage("a:1", TestArchive.config(BASE, TOP),
				List.of(hex(BASE) + ".tar.gz", "./" + hex(TOP) + ".tar.gz"));
		try (ImageStore store = open()) {
			hasTwoLayers(store, load(store, archive.bytes()).getFirst());
		}
	}

	@Test
	void ociLayoutIsLoaded() throws IOException {
		TestArchive archive = new TestArchive();
		String manifest = archive.addOciImage(TestArchive.config(BASE, TOP), TestArchive.gzip(BASE),
				TestArchive.zstd(TOP));
		String named = TestArchive.with(manifest, "\"annotations\":{\"io.containerd.image.name\":"
				+ "\"docker.io/library/oci:2\",\"org.opencontainers.image.ref.name\":\"2\"}");
		try (ImageStore store = open()) {
			Image image = load(store, archive.addOciIndex(named).bytes()).getFirst();
			hasTwoLayers(store, image);
			assertThat(store.find("oci:2")).isEqualTo(image);
		}
	}

	@Test
	void nestedIndexGivesTheImageOfThisPlatform() throws IOException {
		TestArchive archive = new TestArchive();
		Platform foreign = new Platform("linux", "s390x", "");
		String other = archive.addOciImage(TestArchive.configFor(foreign, List.of(Digest.ofBytes(OTHER))), OTHER);
		String ours = archive.addOciImage(TestArchive.config(BASE, TOP), BASE, TOP);
		String attestation = archive.addBlob("manifest.v1+json", TestArchive.utf8("{}"));
		String index = archive.addBlob("index.v1+json",
				TestArchive.utf8(TestArchive.index(
						TestArchive.with(attestation,
								"\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"),
						TestArchive.with(other, "\"platform\":{\"os\":\"linux\",\"architecture\":\"s390x\"}"),
						TestArchive.with(ours, "\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}"
							.formatted(Platform.host().architecture())))));
		archive.addOciIndex(
				TestArchive.with(index, "\"annotations\":{\"org.opencontainers.image.ref.name\":\"a.b/multi:1\"}"));
		try (ImageStore store = open()) {
			Image image = load(store, archive.bytes()).getFirst();
			hasTwoLayers(store, image);
			assertThat(image.tags()).containsExactly(ImageReference.parse("a.b/multi:1"));
			// the other platform's layer was unpacked on the way, and is gone
			assertThat(layerNames()).containsExactlyInAnyOrder(hex(BASE), hex(TOP));
		}
	}

	@Test
	void archiveThatHasBothFormsIsLoadedOnce() throws IOException {
		TestArchive archive = new TestArchive();
		String manifest = archive.addOciImage(TestArchive.config(BASE, TOP), BASE, TOP);
		archive.addOciIndex(manifest)
			.addImage("both:1", TestArchive.config(BASE, TOP),
					List.of("blobs/sha256/" + hex(BASE), "blobs/sha256/" + hex(TOP)));
		try (ImageStore store = open()) {
			assertThat(load(store, archive.bytes())).hasSize(1);
			hasTwoLayers(store, store.find("both:1"));
		}
	}

	@Test
	void unnamedImageIsLoadedWithoutName() throws IOException {
		try (ImageStore store = open()) {
			Image image = load(store, TestArchive.docker("", BASE)).getFirst();
			assertThat(image.tags()).isEmpty();
			assertThat(this.events).last().isEqualTo(new LoadEvent.LoadedUnnamed(image.id()));
			assertThat(store.find(image.id().shortForm())).isEqualTo(image);
		}
	}

	@Test
	void layerThatIsALinkToAnotherIsThatOne() throws IOException {
		TestArchive archive = new TestArchive().addFile("one/layer.tar", BASE)
			.addSymlink("two/layer.tar", "../one/layer.tar")
			.addImage("twice", TestArchive.config(BASE, BASE), List.of("one/layer.tar", "two/layer.tar"));
		try (ImageStore store = open()) {
			Image image = load(store, archive.bytes()).getFirst();
			assertThat(image.diffIds()).hasSize(2);
			// overlayfs refuses the same directory twice
			assertThat(store.layers(image.id())).containsExactly(layers().resolve(hex(BASE)));
		}
	}

	@Test
	void imageWithoutLayersHasAnEmptyOne() throws IOException {
		try (ImageStore store = open()) {
			Image image = load(store, TestArchive.docker("scratch-like")).getFirst();
			assertThat(store.layers(image.id())).singleElement()
				.satisfies((path) -> assertThat(path).isEmptyDirectory());
		}
	}

	@Test
	void layersInTheStoreAreNotReadAgain() throws IOException {
		String label = "ab".repeat(32);
		byte[] archive = new TestArchive().addFile(label + "/layer.tar", BASE)
			.addImage("a", TestArchive.config(BASE), List.of(label + "/layer.tar"))
			.bytes();
		try (ImageStore store = open()) {
			load(store, archive);
			this.events.clear();
			assertThat(load(store, archive)).hasSize(1);
			assertThat(this.events).hasOnlyElementsOfType(LoadEvent.Loaded.class);
			byte[] sameLabel = new TestArchive().addFile(label + "/layer.tar", OTHER)
				.addImage("b", TestArchive.config(OTHER), List.of(label + "/layer.tar"))
				.bytes();
			assertThatExceptionOfType(InvalidImageException.class).isThrownBy(() -> load(store, sameLabel))
				.withMessageContaining("load the archive once more");
			assertThat(load(store, sameLabel)).hasSize(1);
			assertThat(store.layers(store.find("b").id()).getFirst().resolve("other")).hasContent("other");
		}
	}

	@Test
	void restartFindsEverythingAsItWas() throws IOException {
		List<Image> before;
		try (ImageStore store = open()) {
			load(store, TestArchive.docker("a:1", BASE, TOP));
			load(store, TestArchive.docker("b:1", BASE, OTHER));
			store.tag("a:1", ImageReference.parse("c"));
			before = store.list();
		}
		try (ImageStore store = open()) {
			assertThat(store.list()).isEqualTo(before).hasSize(2);
			assertThat(store.find("c").tags()).extracting(ImageReference::familiar).containsExactly("a:1", "c:latest");
			hasTwoLayers(store, store.find("a:1"));
		}
	}

	@Test
	void imagesAreFoundByNameAndId() throws IOException {
		try (ImageStore store = open()) {
			Image image = load(store, TestArchive.docker("busybox", BASE)).getFirst();
			String id = image.id().hex();
			for (String text : List.of("busybox", "busybox:latest", "docker.io/library/busybox", id, "sha256:" + id,
					id.substring(0, 12), id.substring(0, 3), "sha256:" + id.substring(0, 5))) {
				assertThat(store.find(text)).as(text).isEqualTo(image);
			}
			assertThatExceptionOfType(ImageNotFoundException.class).isThrownBy(() -> store.find("nothing"))
				.withMessage("No such image: nothing:latest");
			assertThatExceptionOfType(ImageNotFoundException.class).isThrownBy(() -> store.find("busybox:2"))
				.withMessage("No such image: busybox:2");
			assertThatExceptionOfType(ImageNotFoundException.class).isThrownBy(() -> store.find("0".repeat(64)))
				.withMessage("No such image: sha256:" + "0".repeat(64));
			assertThatExceptionOfType(InvalidReferenceException.class).isThrownBy(() -> store.find("No/Name"));
		}
	}

	@Test
	void beginningOfSeveralIdsIsAmbiguous() throws IOException {
		try (ImageStore store = open()) {
			List<String> ids = new ArrayList<>();
			while (ids.stream().map((id) -> id.substring(0, 1)).distinct().count() == ids.size()) {
				byte[] layer = new RawTar().file("n", String.valueOf(ids.size())).bytes();
				ids.add(load(store, TestArchive.docker("", layer)).getFirst().id().hex());
			}
			String twice = ids.getLast().substring(0, 1);
			assertThatExceptionOfType(AmbiguousImageException.class).isThrownBy(() -> store.find(twice))
				.withMessage("multiple IDs found with provided prefix: " + twice);
			// a name is not abbreviated, so it wins
			store.tag(ids.getFirst(), ImageReference.parse(twice));
			assertThat(store.find(twice).id().hex()).isEqualTo(ids.getFirst());
		}
	}

	@Test
	void loadMovesTheTag() throws IOException {
		try (ImageStore store = open()) {
			Image old = load(store, TestArchive.docker("a:1", BASE)).getFirst();
			Image young = load(store, TestArchive.docker("a:1", TOP)).getFirst();
			assertThat(this.events).contains(new LoadEvent.TagMoved(ImageReference.parse("a:1"), old.id()));
			assertThat(store.find("a:1")).isEqualTo(young);
			assertThat(store.find(old.id().toString()).tags()).isEmpty();
		}
	}

	@Test
	void tagsThatDockerRefusesAreRefused() throws IOException {
		try (ImageStore store = open()) {
			load(store, TestArchive.docker("a:1", BASE));
			assertThatExceptionOfType(InvalidReferenceException.class)
				.isThrownBy(() -> store.tag("a:1", ImageReference.parse("x@sha256:" + hex(BASE))))
				.withMessage("refusing to create a tag with a digest reference");
			assertThatExceptionOfType(InvalidReferenceException.class)
				.isThrownBy(() -> store.tag("a:1", ImageReference.parse("sha256:abc")));
			assertThatExceptionOfType(ImageNotFoundException.class)
				.isThrownBy(() -> store.tag("b:1", ImageReference.parse("x")));
		}
	}

	@Test
	void removalTakesNamesThenImageThenLayersNobodyHas() throws IOException {
		try (ImageStore store = open()) {
			Image first = load(store, TestArchive.docker("a:1", BASE, TOP)).getFirst();
			load(store, TestArchive.docker("b:1", BASE, OTHER));
			store.tag("a:1", ImageReference.parse("a:2"));
			assertThat(store.remove("a:1", false)).containsExactly(new Removal.Untagged(ImageReference.parse("a:1")));
			Digest chain = Digest.ofBytes(TestArchive.utf8(Digest.ofBytes(BASE) + " " + Digest.ofBytes(TOP)));
			assertThat(store.remove("a:2", false)).containsExactly(new Removal.Untagged(ImageReference.parse("a:2")),
					new Removal.Deleted(first.id()), new Removal.Deleted(chain));
			assertThat(layerNames()).containsExactlyInAnyOrder(hex(BASE), hex(OTHER));
			assertThat(blobNames()).containsExactly(store.find("b:1").id().hex());
			assertThatExceptionOfType(ImageNotFoundException.class).isThrownBy(() -> store.remove("a:2", true))
				.withMessage("No such image: a:2");
		}
	}

	@Test
	void removalByIdWantsForceForSeveralNames() throws IOException {
		try (ImageStore store = open()) {
			Image image = load(store, TestArchive.docker("a:1", BASE)).getFirst();
			store.tag("a:1", ImageReference.parse("b:1"));
			assertThatExceptionOfType(ImageConflictException.class)
				.isThrownBy(() -> store.remove(image.id().shortForm(), false))
				.withMessage("conflict: unable to delete " + image.id().shortForm()
						+ " (must be forced) - image is referenced in multiple repositories");
			assertThat(store.remove(image.id().shortForm(), true)).hasSize(4);
			assertThat(store.list()).isEmpty();
			assertThat(layerNames()).isEmpty();
		}
	}

	@Test
	void imageInUseStays() throws IOException {
		String container = "c0ffee".repeat(10) + "abcd";
		try (ImageStore store = open()) {
			Image image = load(store, TestArchive.docker("a:1", BASE)).getFirst();
			boolean[] running = { true };
			store.claim(image.id(), container, () -> running[0]);
			assertThatExceptionOfType(ImageConflictException.class).isThrownBy(() -> store.remove("a:1", false))
				.withMessage("conflict: unable to remove repository reference \"a:1\" (must force) - container "
						+ "c0ffeec0ffee is using its referenced image " + image.id().shortForm());
			assertThatExceptionOfType(ImageConflictException.class)
				.isThrownBy(() -> store.remove(image.id().toString(), true))
				.withMessage("conflict: unable to delete " + image.id().shortForm()
						+ " (cannot be forced) - image is being used by running container c0ffeec0ffee");
			running[0] = false;
			assertThatExceptionOfType(ImageConflictException.class)
				.isThrownBy(() -> store.remove(image.id().toString(), false))
				.withMessage("conflict: unable to delete " + image.id().shortForm()
						+ " (must be forced) - image is being used by stopped container c0ffeec0ffee");
			assertThat(store.list()).hasSize(1);
			store.release(container);
			store.remove("a:1", false);
			assertThat(store.list()).isEmpty();
		}
	}

	@Test
	void forcedRemovalLeavesAStoppedContainerItsLayers() throws IOException {
		Image image;
		try (ImageStore store = open()) {
			image = load(store, TestArchive.docker("a:1", BASE)).getFirst();
			store.claim(image.id(), "c1", () -> false);
			assertThat(store.remove("a:1", true)).hasSize(2);
			assertThat(store.list()).isEmpty();
			assertThatExceptionOfType(ImageNotFoundException.class).isThrownBy(() -> store.find(image.id().toString()));
			assertThat(store.layers(image.id()).getFirst().resolve("etc/base")).hasContent("base");
		}
		try (ImageStore store = open()) {
			store.claim(image.id(), "c1", () -> false);
			store.sweep();
			assertThat(store.layers(image.id()).getFirst().resolve("etc/base")).hasContent("base");
			store.release("c1");
			assertThat(layerNames()).isEmpty();
			assertThat(blobNames()).isEmpty();
		}
	}

	@Test
	void clientThatGoesAwayIsNoFaultOfTheArchive() {
		byte[] archive = TestArchive.docker("a:1", new RawTar().file("big", new byte[3_000_000]).bytes());
		InputStream broken = new InputStream() {

			private final InputStream in = new ByteArrayInputStream(archive, 0, 2_000_000);

			@Override
			public int read() throws IOException {
				throw new IOException("not used");
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				int count = this.in.read(bytes, offset, length);
				if (count < 0) {
					throw new IOException("connection reset");
				}
				return count;
			}

		};
		try (ImageStore store = open()) {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> store.load(broken, this.events::add))
				.withMessage("connection reset");
			assertThat(store.list()).isEmpty();
			assertThat(layers())
				.isDirectoryNotContaining((path) -> path.getFileName().toString().startsWith(".partial"));
		}
	}

	@Test
	void kernelStacksTheLayers() throws Exception {
		byte[] lower = new RawTar().file("gone", "x")
			.file("stays", "x")
			.file("hidden/below", "x")
			.file("merged/below", "x")
			.bytes();
		byte[] upper = new RawTar().whiteout(".wh.gone")
			.file("hidden/above", "y")
			.whiteout("hidden/.wh..wh..opq")
			.file("merged/above", "y")
			.bytes();
		try (ImageStore store = open()) {
			Image image = load(store, TestArchive.docker("a", lower, upper)).getFirst();
			List<Path> paths = store.layers(image.id());
			// mount(8) wants the highest first; the mount ends with its namespace
			Process process = new ProcessBuilder("unshare", "-m", "sh", "-c",
					"mount -t overlay none -o lowerdir=$1:$2 $3 && cd $3 && find . -type f | sort", "sh",
					paths.get(1).toString(), paths.get(0).toString(), this.roots.directory("merged").toString())
				.redirectErrorStream(true)
				.start();
			assertThat(process.inputReader().lines()).containsExactly("./hidden/above", "./merged/above",
					"./merged/below", "./stays");
			assertThat(process.waitFor()).isZero();
		}
	}

	@Test
	void manyLoadsAtOnceShareLayers() throws Exception {
		byte[] archive = TestArchive.docker("a:1", BASE, TOP);
		try (ImageStore store = open()) {
			List<Thread> threads = new ArrayList<>();
			List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
			for (int i = 0; i < 6; i++) {
				boolean removes = i % 2 == 1;
				threads.add(Thread.ofPlatform().start(() -> {
					for (int n = 0; n < 10; n++) {
						try {
							store.load(new ByteArrayInputStream(archive), (event) -> {
							});
							if (removes) {
								store.remove("a:1", true);
							}
						}
						catch (ImageNotFoundException ex) {
							// another thread was faster
						}
						catch (Throwable ex) {
							failures.add(ex);
						}
					}
				}));
			}
			for (Thread thread : threads) {
				thread.join(60_000);
			}
			assertThat(failures).isEmpty();
			hasTwoLayers(store, load(store, archive).getFirst());
			assertThat(store.list()).extracting(Image::tags, Image::size)
				.containsExactly(tuple(List.of(ImageReference.parse("a:1")), 8L));
		}
	}

}
