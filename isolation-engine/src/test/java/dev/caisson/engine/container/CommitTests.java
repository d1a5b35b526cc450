package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.image.ImageDraft;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.LayerSource;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What containers change becomes images. */
@KernelTest
@Timeout(60)
class CommitTests {

	private static final ImageConfig CONFIG = new ImageConfig(null, List.of("sh"), List.of("PATH=/bin"), "app", "/",
			Set.of("80/tcp"), Set.of(), Map.of("a", "b"), "", null, null, null, List.of());

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private Containers containers;

	private ImageStore images;

	private Image base;

	@BeforeEach
	void open() throws IOException {
		this.images = ImageStore.open(this.roots.data());
		this.containers = Containers.open(this.roots.cgroup(), this.roots.data(), this.roots.run());
		Path archive = BusyboxRoot.archive(this.roots.directory("archive").resolve("busybox.tar"));
		try (var in = Files.newInputStream(archive)) {
			this.base = this.images.load(in, (event) -> {
			}).getFirst();
		}
	}

	@AfterEach
	void close() {
		for (Container container : this.containers.all()) {
			container.stop(9, Duration.ZERO);
			container.remove();
		}
		this.containers.close();
		this.images.close();
	}

	private Container run(Image image, String script) throws Exception {
		Container container = this.containers.create(ContainerId.random(), LogSettings.DEFAULT);
		container.start(new SpecBuilder(container.id(), this.images.layers(image.id())).shell(script).build());
		assertThat(container.exit().get(30, TimeUnit.SECONDS).exitCode()).isZero();
		return container;
	}

	private ImageDraft draft() {
		return new ImageDraft(this.base.id(), CONFIG, Instant.parse("2026-05-05T05:05:05.000000005Z"), "sh -c x", "me",
				"said");
	}

	private Image commit(ImageDraft draft, LayerSource changes, String... names) throws IOException {
		return this.images.commit(draft, changes, List.of(names).stream().map(ImageReference::parse).toList());
	}

	@Test
	void whatAContainerChangedIsInTheImage() throws Exception {
		Container container = run(this.base,
				"echo new > /etc/new; rm /etc/group; rm -r /home; mkdir /home; echo y > /home/y; ln /etc/new /var/same");
		Image image = commit(draft(), container.files()::writeChanges, "made:1");
		assertThat(image.diffIds()).hasSize(2).startsWith(this.base.diffIds().getFirst());
		assertThat(image.tags()).containsExactly(ImageReference.parse("made:1"));
		assertThat(image.config()).isEqualTo(CONFIG);
		assertThat(image.author()).isEqualTo("me");
		assertThat(image.history()).hasSize(2)
			.last()
			.isEqualTo(new Image.History(draft().created(), "sh -c x", "me", "said", false));
		assertThat(this.images.find("made:1").id()).isEqualTo(image.id());
		run(image,
				"[ $(cat /etc/new) = new ] && [ ! -e /etc/group ] && [ $(ls /home) = y ] && [ /etc/new -ef /var/same ]");
	}

	@Test
	void containerThatChangedNothingMakesNoLayer() throws Exception {
		Container container = this.containers.create(ContainerId.random(), LogSettings.DEFAULT);
		Image image = commit(draft(), container.files()::writeChanges);
		assertThat(image.diffIds()).isEqualTo(this.base.diffIds());
		assertThat(image.history().getLast().emptyLayer()).isTrue();
	}

	@Test
	void imageOfNothingCanBeRun() throws Exception {
		Container container = run(this.base, "mkdir /x; cp /bin/busybox /x/busybox");
		Image image = commit(new ImageDraft(null, CONFIG, Instant.EPOCH, "", "", ""), container.files()::writeChanges);
		assertThat(image.diffIds()).hasSize(1);
		assertThat(this.images.layers(image.id()).getFirst().resolve("x/busybox")).exists();
	}

	@Test
	void failureOfTheSourceIsToldAndLeavesNothing() throws Exception {
		Container container = run(this.base, "echo x > /x");
		List<Path> before = stored();
		LayerSource broken = (tar) -> {
			container.files().writeChanges(tar);
			throw new IOException("disk on fire");
		};
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> commit(draft(), broken))
			.withMessage("disk on fire");
		LayerSource early = (tar) -> {
			tar.write(new byte[700]);
			throw new UncheckedIOException(new IOException("early"));
		};
		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> commit(draft(), early));
		assertThat(this.images.list()).hasSize(2);
		this.images.close();
		this.images = ImageStore.open(this.roots.data());
		long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
		while (!stored().equals(before) && System.nanoTime() < deadline) {
			LockSupport.parkNanos(10_000_000);
		}
		assertThat(stored()).isEqualTo(before);
	}

	private List<Path> stored() {
		return this.roots.files()
			.stream()
			.filter((file) -> file.startsWith("data/layers") || file.startsWith("data/content"))
			.toList();
	}

	@Test
	void frozenContainerHoldsStillAndGoesOn() throws Exception {
		Container container = this.containers.create(ContainerId.random(), LogSettings.DEFAULT);
		container.start(new SpecBuilder(container.id(), this.images.layers(this.base.id()))
			.shell("while true; do date +%N > /time; done")
			.build());
		Path time = this.roots.data().resolve("containers").resolve(container.id().value()).resolve("upper/time");
		awaitChange(time, "");
		String frozen = container.whileFrozen(() -> {
			String seen = read(time);
			for (int i = 0; i < 20; i++) {
				LockSupport.parkNanos(5_000_000);
				assertThat(read(time)).isEqualTo(seen);
			}
			return seen;
		});
		awaitChange(time, frozen);
	}

	private static void awaitChange(Path file, String before) {
		long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
		while (!Files.exists(file) || read(file).equals(before)) {
			assertThat(System.nanoTime()).isLessThan(deadline);
			Thread.onSpinWait();
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
