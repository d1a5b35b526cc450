package dev.caisson.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The product as it is built and served by {@code ./caisson}: extracted, with its AOT
 * cache and the bean definitions that Spring AOT wrote. {@code ./caisson test} builds it
 * before the tests.
 */
@KernelTest(needs = { Feature.DOCKER_CLI, Feature.BUSYBOX })
class ServeTests {

	private static final Path APP = Path.of("target/app");

	@RegisterExtension
	private final TestRoots roots = new TestRoots();

	/** What {@code serve} printed when it was ready. */
	private record Served(Process process, List<String> lines) {

		String after(String word) {
			return this.lines.stream()
				.filter((line) -> line.strip().startsWith(word + " "))
				.map((line) -> line.strip().substring(word.length()).strip())
				.findFirst()
				.orElseThrow(() -> new AssertionError(word + " is not in " + this.lines));
		}

	}

	@Test
	void buildMakesAnAotCache() {
		assumeBuilt();
		assertThat(APP.resolve("caisson.aot")).exists();
	}

	@Test
	void servesUntilItIsTerminatedAndTakesContainersBack() throws Exception {
		assumeBuilt();
		Path image = BusyboxRoot.archive(this.roots.directory("images").resolve("busybox.tar"));
		Served first = serve();
		assertThat(first.after("data")).isEqualTo(this.roots.data().toString());
		assertThat(docker("run", "--rm", "caisson/hello")).contains("Hello from Caisson!");
		docker("load", "-i", image.toString());
		docker("run", "-d", "--name", "survivor", "busybox", "sleep", "600");
		String pid = docker("inspect", "-f", "{{.State.Pid}}", "survivor").strip();
		assertThat(overview()).contains("One container, which runs,", "survivor");
		assertThat(get(first.after("dashboard") + "actuator/health/readiness")).contains("\"status\":\"UP\"");
		terminate(first);
		assertThat(Path.of("/proc", pid)).exists();
		Served second = serve();
		assertThat(docker("inspect", "-f", "{{.State.Pid}}", "survivor").strip()).isEqualTo(pid);
		docker("rm", "-f", "survivor");
		terminate(second);
	}

	private static void assumeBuilt() {
		assumeTrue(Files.exists(APP.resolve("built")) || "true".equals(System.getenv("CI")),
				"needs the product (./caisson build)");
	}

	private Served serve() throws IOException {
		Process process = new ProcessBuilder("../caisson", "serve", "--data-root", this.roots.data().toString(),
				"--run-root", this.roots.run().toString(), "--http-port", "0", "--",
				"--caisson.cgroup-parent=" + this.roots.cgroup(), "--caisson.tls.enabled=false")
			.redirectErrorStream(true)
			.start();
		BufferedReader output = process.inputReader();
		List<String> lines = new ArrayList<>();
		String line = output.readLine();
		while (line != null) {
			lines.add(line);
			if (line.strip().startsWith("data ")) {
				return new Served(process, lines);
			}
			line = output.readLine();
		}
		throw new AssertionError("the service ended: " + lines);
	}

	private static void terminate(Served served) throws Exception {
		served.process().destroy();
		boolean ended = served.process().waitFor(20, TimeUnit.SECONDS);
		served.process().destroyForcibly().waitFor();
		served.process().inputReader().close();
		assertThat(ended).as("it ends within 20 s of SIGTERM").isTrue();
	}

	private String docker(String... arguments) throws Exception {
		List<String> command = new ArrayList<>(
				List.of("docker", "-H", "unix://" + this.roots.run().resolve("caisson.sock")));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (BufferedReader output = process.inputReader()) {
			String said = output.readAllAsString();
			assertThat(process.waitFor()).as(said).isZero();
			return said;
		}
	}

	/** On the socket nobody has to sign in. */
	private String overview() throws IOException {
		try (SocketChannel channel = SocketChannel
			.open(UnixDomainSocketAddress.of(this.roots.run().resolve("caisson.sock")))) {
			channel.write(
					ByteBuffer.wrap("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
			return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static String get(String url) throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body();
		}
	}

}
