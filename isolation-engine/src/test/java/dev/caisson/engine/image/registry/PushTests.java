package dev.caisson.engine.image.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.TestImages;
import dev.caisson.engine.image.registry.RegistryException.Kind;
import dev.caisson.engine.image.registry.TransferEvent.LayerState;
import dev.caisson.engine.image.registry.TransferEvent.State;
import dev.caisson.engine.testing.DockerRegistry;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Pushes to a real registry, out of which an independent client takes what is there. */
@KernelTest
@Timeout(120)
class PushTests {

	private static final Credentials ALICE = new Credentials(DockerRegistry.USER, DockerRegistry.PASSWORD, "", "");

	private static final String[] NO_OPTIONS = {};

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private final List<TransferEvent> events = new ArrayList<>();

	private ImageStore store;

	private Registries registries;

	@BeforeEach
	void open() {
		this.store = ImageStore.open(this.roots.data());
		this.registries = new Registries(this.store, new RegistrySettings(List.of(), List.of(),
				this.roots.directory("certs.d"), Proxies.NONE, Duration.ofSeconds(20)));
	}

	@AfterEach
	void close() {
		this.store.close();
	}

	private Image load(byte[] archive) throws IOException {
		return this.store.load(new ByteArrayInputStream(archive), (event) -> {
		}).getFirst();
	}

	private Digest push(String name, Credentials credentials) {
		this.events.clear();
		return this.registries.push(ImageReference.parse(name), credentials, this.events::add);
	}

	private Image pull(String name) {
		return this.registries.pull(ImageReference.parse(name), null, Credentials.NONE, (event) -> {
		});
	}

	private List<State> states() {
		return this.events.stream()
			.filter(LayerState.class::isInstance)
			.map((event) -> ((LayerState) event).state())
			.filter((state) -> state != State.PREPARING)
			.toList();
	}

	private static Digest digest(String manifest) {
		return Digest.ofBytes(manifest.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void loadedImageGoesToTheRegistryAndComesOutTheSame() throws IOException {
		try (DockerRegistry registry = DockerRegistry.open(this.roots.directory("registry"))) {
			Image image = load(TestImages.dockerArchive("a:1", "first", "second"));
			String name = registry.domain() + "/team/a:1";
			this.store.tag("a:1", ImageReference.parse(name));
			Digest digest = push(name, Credentials.NONE);
			assertThat(digest(registry.manifest("team/a:1"))).isEqualTo(digest);
			assertThat(states()).containsExactly(State.PUSHED, State.PUSHED);
			assertThat(this.store.find("a:1").digests()).extracting(ImageReference::familiar)
				.containsExactly(registry.domain() + "/team/a@" + digest);
			assertThat(push(name, Credentials.NONE)).isEqualTo(digest);
			assertThat(states()).containsExactly(State.PRESENT, State.PRESENT);
			Path archive = this.roots.directory("out").resolve("a.tar");
			registry.skopeo("copy", NO_OPTIONS, registry.url("team/a:1"), "docker-archive:" + archive + ":b:2");
			assertThat(load(Files.readAllBytes(archive)).id()).isEqualTo(image.id());
		}
	}

	@Test
	void manifestThatWasPulledSurvivesThePushToAnotherRegistry() throws IOException {
		try (DockerRegistry first = DockerRegistry.open(this.roots.directory("first"));
				DockerRegistry second = DockerRegistry.withPassword(this.roots.directory("second"))) {
			first.put(TestImages.dockerArchive("a:1", "first", "second"), "a:1", "--format", "oci");
			Image image = pull(first.domain() + "/a:1");
			String name = second.domain() + "/b:2";
			this.store.tag(image.id().toString(), ImageReference.parse(name));
			push(name, ALICE);
			assertThat(second.manifest("b:2")).isEqualTo(first.manifest("a:1"));
		}
	}

	@Test
	void layersOfAnotherRepositoryNeedNotBeSentAgain() throws IOException {
		try (DockerRegistry registry = DockerRegistry.open(this.roots.directory("registry"))) {
			load(TestImages.dockerArchive("a:1", "content"));
			this.store.tag("a:1", ImageReference.parse(registry.domain() + "/one:1"));
			this.store.tag("a:1", ImageReference.parse(registry.domain() + "/two:1"));
			push(registry.domain() + "/one:1", Credentials.NONE);
			push(registry.domain() + "/two:1", Credentials.NONE);
			assertThat(states()).containsExactly(State.MOUNTED);
			assertThat(registry.manifest("two:1")).isEqualTo(registry.manifest("one:1"));
		}
	}

	@Test
	void whoDoesNotKnowThePasswordSendsNothing() throws IOException {
		try (DockerRegistry registry = DockerRegistry.withPassword(this.roots.directory("registry"))) {
			load(TestImages.dockerArchive("a:1", "content"));
			String name = registry.domain() + "/a:1";
			this.store.tag("a:1", ImageReference.parse(name));
			assertThatExceptionOfType(RegistryException.class).isThrownBy(() -> push(name, Credentials.NONE))
				.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.UNAUTHORIZED));
			assertThat(this.events).isEmpty();
		}
	}

	@Test
	void layerThatWasChangedOnDiskIsNotSent() throws IOException {
		try (DockerRegistry registry = DockerRegistry.open(this.roots.directory("registry"))) {
			Image image = load(TestImages.dockerArchive("a:1", "content"));
			String name = registry.domain() + "/a:1";
			this.store.tag("a:1", ImageReference.parse(name));
			Files.writeString(this.store.layers(image.id()).getFirst().resolve("file"), "changed");
			assertThatExceptionOfType(java.io.UncheckedIOException.class).isThrownBy(() -> push(name, Credentials.NONE))
				.withMessageContaining("was changed on disk");
		}
	}

}
