package dev.caisson.web.endtoend;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;

/**
 * What a user of Testcontainers does, as a program of its own: it must run where the
 * published ports are, in the network namespace of the service.
 */
final class TestcontainersProgram {

	/** The last line when everything held. */
	static final String COMPLETE = "session complete";

	private TestcontainersProgram() {
	}

	public static void main(String[] args) throws Exception {
		try (Network network = Network.newNetwork();
				GenericContainer<?> web = new GenericContainer<>("busybox:latest");
				GenericContainer<?> client = new GenericContainer<>("busybox:latest")) {
			web.withNetwork(network)
				.withNetworkAliases("web")
				.withCopyToContainer(Transferable.of("served", 0644), "/www/index.html")
				.withCommand("sh", "-c", "echo begin; exec httpd -f -p 8080 -h /www")
				.withExposedPorts(8080)
				.withEnv("GREETING", "hello")
				.waitingFor(Wait.forHttp("/").forPort(8080).withStartupTimeout(Duration.ofSeconds(60)))
				.start();
			check("served".equals(get("http://" + web.getHost() + ":" + web.getMappedPort(8080) + "/")),
					"the exposed port answers");
			check(web.getLogs().contains("begin"), "the log is there");
			var result = web.execInContainer("sh", "-c", "echo $GREETING; exit 4");
			check(result.getExitCode() == 4 && result.getStdout().equals("hello\n"), "exec answers: " + result);
			String copied = web.copyFileFromContainer("/www/index.html",
					(stream) -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
			check(copied.equals("served"), "the file comes back");
			client.withNetwork(network)
				.withCommand("sh", "-c", "wget -q -O - http://web:8080/ && echo; echo done; sleep 1000")
				.waitingFor(Wait.forLogMessage(".*done.*\\n", 1).withStartupTimeout(Duration.ofSeconds(60)))
				.start();
			check(client.getLogs().contains("served"), "the other container is found by its alias");
			String id = web.getContainerId();
			web.stop();
			check(web.getDockerClient()
				.listContainersCmd()
				.withShowAll(true)
				.exec()
				.stream()
				.noneMatch((container) -> container.getId().equals(id)), "a stopped container is gone");
		}
		System.out.println(COMPLETE);
	}

	private static String get(String url) throws IOException, InterruptedException {
		try (HttpClient http = HttpClient.newHttpClient()) {
			return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
				.body();
		}
	}

	private static void check(boolean holds, String what) {
		if (!holds) {
			throw new AssertionError("not so: " + what);
		}
	}

}
