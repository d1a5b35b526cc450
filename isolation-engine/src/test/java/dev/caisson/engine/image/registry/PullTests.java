package dev.caisson.engine.image.registry;

import java.io.IOException;
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
import dev.caisson.engine.testing.DockerRegistry;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Pulls from a real registry what an independent client has put there. */
@KernelTest
@Timeout(120)
class PullTests {

	private static final Credentials ALICE = new Credentials(DockerRegistry.USER, DockerRegistry.PASSWORD, "", "");

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private final List<TransferEvent> events = new ArrayList<>();

	private ImageStore store;

	@BeforeEach
	void open() {
		this.store = ImageStore.open(this.roots.data());
	}

	@AfterEach
	void close() {
		this.store.close();
	}

	private Image pull(String name, Credentials credentials) {
		this.events.clear();
		return registries().pull(ImageReference.parse(name), null, credentials, this.events::add);
	}

	private Registries registries() {
		return new Registries(this.store,
				new RegistrySettings(List.of(), List.of(), certificates(), Proxies.NONE, Duration.ofSeconds(20)));
	}

	private Path certificates() {
		return this.roots.directory("certs.d");
	}

	private TransferEvent.Pulled pulled() {
		return (TransferEvent.Pulled) this.events.getLast();
	}

	@Test
	void imageComesWithItsLayersAndIsUpToDateTheSecondTime() throws IOException {
		try (DockerRegistry registry = DockerRegistry.open(this.roots.directory("registry"))) {
			registry.put(TestImages.dockerArchive("a:1", "first", "second"), "team/a:1");
			String name = registry.domain() + "/team/a:1";
			Image image = pull(name, Credentials.NONE);
			Digest digest = Digest.ofBytes(registry.manifest("team/a:1").getBytes());
			assertThat(image.tags()).extracting(ImageReference::familiar).containsExactly(name);
			assertThat(image.digests()).extracting(ImageReference::familiar)
				.containsExactly(registry.domain() + "/team/a@" + digest);
			List<Path> layers = this.store.layers(image.id());
			assertThat(layers.get(0).resolve("file")).hasContent("first");
			assertThat(layers.get(1).resolve("file")).hasContent("second");
			assertThat(pulled()).isEqualTo(new TransferEvent.Pulled(ImageReference.parse(name), digest, true));
			pull(name, Credentials.NONE);
			assertThat(pulled().changed()).isFalse();
			assertThat(this.events).filteredOn(TransferEvent.LayerProgress.class::isInstance).isEmpty();
			assertThat(pull(registry.domain() + "/team/a@" + digest, Credentials.NONE)).isEqualTo(image);
		}
	}

	@Test
	void whoDoesNotKnowThePasswordGetsNothing() throws IOException {
		try (DockerRegistry registry = DockerRegistry.withPassword(this.roots.directory("registry"))) {
			registry.put(TestImages.dockerArchive("a:1", "content"), "a:1");
			String name = registry.domain() + "/a:1";
			for (Credentials wrong : List.of(Credentials.NONE, new Credentials("alice", "wrong", "", ""))) {
				assertThatExceptionOfType(RegistryException.class).isThrownBy(() -> pull(name, wrong))
					.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.UNAUTHORIZED));
				assertThatExceptionOfType(RegistryException.class)
					.isThrownBy(() -> registries().login(registry.domain(), wrong));
			}
			registries().login(registry.domain(), ALICE);
			assertThat(pull(name, ALICE).tags()).hasSize(1);
		}
	}

	@Test
	void whatIsNotThereIsNotFound() throws IOException {
		try (DockerRegistry registry = DockerRegistry.open(this.roots.directory("registry"))) {
			assertThatExceptionOfType(RegistryException.class)
				.isThrownBy(() -> pull(registry.domain() + "/none:1", Credentials.NONE))
				.withMessageContaining("manifest unknown")
				.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.NOT_FOUND));
			assertThat(this.events).isEmpty();
		}
	}

	@Test
	void registryThatIsNotThereIsUnavailable() {
		assertThatExceptionOfType(RegistryException.class)
			.isThrownBy(() -> pull("127.0.0.1:1/none:1", Credentials.NONE))
			.withMessageContaining("127.0.0.1:1")
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.UNAVAILABLE));
	}

	/**
	 * As a host of another name than loopback's, which would need no proof of who it is.
	 */
	@Test
	void certificateIsTrustedOnlyIfItsAuthorityIs() throws IOException {
		try (DockerRegistry registry = DockerRegistry.withTls(this.roots.directory("registry"))) {
			String place = "https://" + registry.domain();
			Endpoint endpoint = new Endpoint(java.net.URI.create(place), true, false);
			RegistrySettings settings = new RegistrySettings(List.of(), List.of(), certificates(), Proxies.NONE,
					Duration.ofSeconds(20));
			try (Session session = new Session(endpoint, settings, ALICE)) {
				assertThatExceptionOfType(RegistryException.class)
					.isThrownBy(() -> session.send(Call.get(endpoint.ping(), "")))
					.withMessageContaining("certification path");
			}
			Path trusted = Files.createDirectories(certificates().resolve(registry.domain()));
			Files.copy(registry.certificate(), trusted.resolve("ca.crt"));
			try (Session session = new Session(endpoint, settings, ALICE);
					Answer answer = session.send(Call.get(endpoint.ping(), ""))) {
				assertThat(answer.status()).isEqualTo(200);
			}
			registry.put(TestImages.dockerArchive("a:1", "content"), "a:1");
			assertThat(pull(registry.domain() + "/a:1", ALICE).tags()).hasSize(1);
		}
	}

}
