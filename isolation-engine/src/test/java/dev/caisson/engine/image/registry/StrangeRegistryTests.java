package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.InvalidImageException;
import dev.caisson.engine.image.trust.ImagePolicy;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What a registry may do to us: whatever it is, nothing of it stays. */
@KernelTest
@Timeout(120)
class StrangeRegistryTests {

	/** Does not compress well, so that the layer takes several reads. */
	private static final int LAYER = 300_000;

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private ImageStore store;

	private StrangeRegistry registry;

	private List<Path> before;

	@BeforeEach
	void open() throws IOException {
		this.store = ImageStore.open(this.roots.data());
		this.registry = new StrangeRegistry(LAYER);
		this.before = files();
	}

	@AfterEach
	void close() {
		this.registry.close();
		this.store.close();
	}

	private Image pull(String name, Credentials credentials, Duration patience) {
		RegistrySettings settings = new RegistrySettings(List.of(), List.of(), this.roots.run().resolve("none"),
				Proxies.NONE, patience);
		Endpoint endpoint = new Endpoint(URI.create("http://" + this.registry.domain()), false, false);
		try (Session session = new Session(endpoint, settings, credentials)) {
			ImageReference reference = ImageReference.parse(this.registry.domain() + "/" + name);
			return new Pull(session, this.store, reference, null, ImagePolicy.NONE, (event) -> {
			}).run();
		}
	}

	private Image pull(Credentials credentials, Duration patience) {
		return pull("x:1", credentials, patience);
	}

	private Image pull() {
		return pull(Credentials.NONE, Duration.ofSeconds(20));
	}

	/** After a failure there is what was there before, and the image can be pulled. */
	private void nothingStays() throws Exception {
		for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos(); !this.before.equals(files());) {
			assertThat(System.nanoTime()).as(() -> "remains: " + files()).isLessThan(end);
			Thread.sleep(10);
		}
	}

	/** But for the index, which may just be written; empty while others are deleted. */
	private List<Path> files() {
		try {
			return this.roots.files().stream().filter((file) -> !file.toString().contains("images.json")).toList();
		}
		catch (UncheckedIOException ex) {
			return List.of();
		}
	}

	private void refused(Class<? extends Exception> type, String message) throws Exception {
		assertThatExceptionOfType(type).isThrownBy(this::pull).withMessageContaining(message);
		nothingStays();
	}

	@Test
	void layerOfAnotherDigestIsRefused() throws Exception {
		byte[] other = this.registry.layer.clone();
		other[4] ^= 1; // the time in the gzip header: the archive inside is the same
		this.registry.serve(this.registry.layerPath, StrangeRegistry.bytes(other));
		refused(InvalidImageException.class, "layer is not sha256:");
	}

	@Test
	void corruptLayerIsRefused() throws Exception {
		byte[] other = this.registry.layer.clone();
		other[other.length / 2] ^= 1;
		this.registry.serve(this.registry.layerPath, StrangeRegistry.bytes(other));
		refused(InvalidImageException.class, "layer");
	}

	@Test
	void layerThatIsLongerThanDeclaredIsRefused() throws Exception {
		this.registry.serve(this.registry.layerPath,
				StrangeRegistry.bytes(Arrays.copyOf(this.registry.layer, this.registry.layer.length + 100_000)));
		refused(RegistryException.class, "more than the");
	}

	@Test
	void downloadThatBreaksOffGoesOnWhereItWas() {
		AtomicInteger times = new AtomicInteger();
		this.registry.serve(this.registry.layerPath, (exchange) -> {
			times.incrementAndGet();
			serveRange(exchange, this.registry.layer, this.registry.layer.length / 3);
		});
		assertThat(pull().tags()).hasSize(1);
		assertThat(times.get()).isGreaterThan(3);
	}

	/** At most so many bytes, although more were promised. */
	private static void serveRange(HttpExchange exchange, byte[] content, int most) throws IOException {
		String range = exchange.getRequestHeaders().getFirst("Range");
		int from = (range != null) ? Integer.parseInt(range.replaceAll("bytes=([0-9]+)-.*", "$1")) : 0;
		if (from > 0) {
			exchange.getResponseHeaders()
				.set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
		}
		exchange.sendResponseHeaders((from > 0) ? 206 : 200, content.length - from);
		exchange.getResponseBody().write(content, from, Math.min(most, content.length - from));
		exchange.getResponseBody().flush();
	}

	@Test
	void downloadThatNeverGoesOnFails() throws Exception {
		this.registry.serve(this.registry.layerPath, (exchange) -> {
			exchange.sendResponseHeaders(200, this.registry.layer.length);
			exchange.getResponseBody().flush();
		});
		refused(RegistryException.class, "blob");
	}

	@Test
	void silentServerIsGivenUp() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		this.registry.serve("/v2/x/manifests/1", (exchange) -> {
			exchange.sendResponseHeaders(200, 1000);
			exchange.getResponseBody().write('{');
			exchange.getResponseBody().flush();
			await(end);
		});
		assertThatExceptionOfType(RegistryException.class)
			.isThrownBy(() -> pull(Credentials.NONE, Duration.ofMillis(300)))
			.withMessageContaining("has sent nothing");
		end.countDown();
		nothingStays();
	}

	private static void await(CountDownLatch end) {
		try {
			end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void imageOfATerabyteIsRefusedBeforeAnyOfItComes() throws Exception {
		this.registry.manifest = this.registry.manifest.replaceAll("\"size\":" + this.registry.layer.length,
				"\"size\":" + (1L << 60));
		refused(InvalidImageException.class, "no space left on device");
		assertThat(this.registry.asked).noneMatch((path) -> path.contains("/blobs/"));
	}

	@Test
	void hugeManifestIsRefused() throws Exception {
		this.registry.manifest = this.registry.manifest + " ".repeat(5 << 20);
		refused(RegistryException.class, "more than 4194304 bytes");
	}

	@Test
	void manifestThatContainsItselfIsRefused() throws Exception {
		this.registry.manifest = "[".repeat(100_000);
		refused(InvalidImageException.class, "manifest: malformed JSON");
	}

	@Test
	void manifestOfAnotherDigestIsRefused() throws Exception {
		String digest = "sha256:" + "0".repeat(64);
		this.registry.serve("/v2/x/manifests/" + digest,
				StrangeRegistry.bytes(this.registry.manifest.getBytes(StandardCharsets.UTF_8)));
		assertThatExceptionOfType(RegistryException.class)
			.isThrownBy(() -> pull("x@" + digest, Credentials.NONE, Duration.ofSeconds(20)))
			.withMessageContaining("is not " + digest);
		nothingStays();
	}

	@Test
	void whoeverItLeadsToDoesNotLearnWhoAsks() throws Exception {
		try (StrangeRegistry other = new StrangeRegistry(LAYER)) {
			this.registry.serve("/v2/x/manifests/1", (exchange) -> {
				boolean known = exchange.getRequestHeaders().containsKey("Authorization");
				if (known) {
					StrangeRegistry.bytes(this.registry.manifest.getBytes(StandardCharsets.UTF_8)).handle(exchange);
					return;
				}
				exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"test\"");
				exchange.sendResponseHeaders(401, -1);
			});
			this.registry.serve(this.registry.layerPath, (exchange) -> {
				exchange.getResponseHeaders().set("Location", "http://" + other.domain() + this.registry.layerPath);
				exchange.sendResponseHeaders(307, -1);
			});
			pull(new Credentials("alice", "secret", "", ""), Duration.ofSeconds(20));
			assertThat(this.registry.asked).contains("/v2/x/manifests/1 Basic YWxpY2U6c2VjcmV0",
					this.registry.layerPath + " Basic YWxpY2U6c2VjcmV0");
			assertThat(other.asked).containsExactly(this.registry.layerPath + " null");
		}
	}

	@Test
	void endlessRedirectsAreRefused() throws Exception {
		this.registry.serve("/v2/x/manifests/1", (exchange) -> {
			exchange.getResponseHeaders().set("Location", "/v2/x/manifests/1");
			exchange.sendResponseHeaders(302, -1);
		});
		refused(RegistryException.class, "more than 5 redirects");
	}

	@Test
	void fileSchemeIsNotFollowed() throws Exception {
		this.registry.serve("/v2/x/manifests/1", (exchange) -> {
			exchange.getResponseHeaders().set("Location", "file:///etc/passwd");
			exchange.sendResponseHeaders(302, -1);
		});
		refused(RegistryException.class, "refusing to go to");
	}

	@Test
	void tokenIsFetchedFromWhereTheRegistrySays() {
		this.registry.serve("/token", StrangeRegistry.bytes("{\"token\":\"t0ken\"}".getBytes(StandardCharsets.UTF_8)));
		this.registry.serve("/v2/x/manifests/1", (exchange) -> {
			if ("Bearer t0ken".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
				StrangeRegistry.bytes(this.registry.manifest.getBytes(StandardCharsets.UTF_8)).handle(exchange);
				return;
			}
			exchange.getResponseHeaders()
				.set("WWW-Authenticate", "Bearer realm=\"http://" + this.registry.domain()
						+ "/token\",service=\"reg\",scope=\"repository:x:pull\"");
			exchange.sendResponseHeaders(401, -1);
		});
		pull(new Credentials("alice", "secret", "", ""), Duration.ofSeconds(20));
		assertThat(this.registry.asked).contains("/token Basic YWxpY2U6c2VjcmV0", "/v2/x/manifests/1 Bearer t0ken",
				this.registry.layerPath + " Bearer t0ken");
	}

}
