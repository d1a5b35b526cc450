package dev.caisson.engine.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Debian's docker-registry on loopback, with its files in a directory of the test. Who
 * wants it with a password is {@value #USER} with {@value #PASSWORD}. Skopeo, an
 * independent client, brings images and looks at them.
 */
public final class DockerRegistry implements AutoCloseable {

	public static final String USER = "alice", PASSWORD = "secret";

	/** The above, by bcrypt. */
	private static final String HTPASSWD = "alice:$2y$05$T6A17lrHppbZyRPmb2Crduv/uawWF0uuVVFHvAaVd5yN1y78XZt5S";

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Path directory;

	private final int port;

	private final boolean password;

	private final boolean tls;

	private Process process;

	private DockerRegistry(Path directory, boolean password, boolean tls) throws IOException {
		this.directory = directory;
		this.password = password;
		this.tls = tls;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.port = free.getLocalPort();
		}
	}

	/** Anybody may come, by plain HTTP. */
	public static DockerRegistry open(Path directory) throws IOException {
		return start(new DockerRegistry(directory, false, false));
	}

	/** By plain HTTP, with a password. */
	public static DockerRegistry withPassword(Path directory) throws IOException {
		return start(new DockerRegistry(directory, true, false));
	}

	/** By TLS, with a password; nobody knows its certificate. */
	public static DockerRegistry withTls(Path directory) throws IOException {
		return start(new DockerRegistry(directory, true, true));
	}

	private static DockerRegistry start(DockerRegistry registry) throws IOException {
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/docker-registry")), "docker-registry is not installed");
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/skopeo")), "skopeo is not installed");
		Path directory = registry.directory;
		Files.createDirectories(directory.resolve("storage"));
		Files.writeString(directory.resolve("htpasswd"), HTPASSWD + "\n");
		if (registry.tls) {
			run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
					directory.resolve("key.pem").toString(), "-out", registry.certificate().toString(), "-days", "2",
					"-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:registry.test");
		}
		Files.writeString(directory.resolve("config.yml"), registry.configuration());
		registry.resume();
		return registry;
	}

	private String configuration() {
		String auth = this.password ? """
				auth:
				  htpasswd:
				    realm: test
				    path: %s
				""".formatted(this.directory.resolve("htpasswd")) : "";
		String tls = this.tls ? """
				  tls:
				    certificate: %s
				    key: %s
				""".formatted(certificate(), this.directory.resolve("key.pem")) : "";
		return """
				version: 0.1
				log:
				  level: warn
				storage:
				  filesystem:
				    rootdirectory: %s
				  delete:
				    enabled: true
				%shttp:
				  addr: 127.0.0.1:%d
				%s""".formatted(this.directory.resolve("storage"), auth, this.port, tls);
	}

	/** Starts it again where it was. */
	public void resume() throws IOException {
		this.process = new ProcessBuilder("/usr/bin/docker-registry", "serve",
				this.directory.resolve("config.yml").toString())
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("log").toFile())
			.start();
		for (long end = System.nanoTime() + PATIENCE.toNanos(); !isListening();) {
			if (!this.process.isAlive() || System.nanoTime() > end) {
				fail("docker-registry: " + Files.readString(this.directory.resolve("log")));
			}
			pause();
		}
	}

	private boolean isListening() {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static void pause() {
		try {
			TimeUnit.MILLISECONDS.sleep(20);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** How images in it are called: {@code 127.0.0.1:PORT}. */
	public String domain() {
		return "127.0.0.1:" + this.port;
	}

	public int port() {
		return this.port;
	}

	/** Its certificate, which signs itself. */
	public Path certificate() {
		return this.directory.resolve("cert.pem");
	}

	/** What skopeo calls this image. */
	public String url(String image) {
		return "docker://" + domain() + "/" + image;
	}

	/** Puts an archive as {@code docker save} writes it into the registry. */
	public void put(byte[] dockerArchive, String image, String... options) throws IOException {
		Path archive = Files.write(this.directory.resolve("archive.tar"), dockerArchive);
		skopeo("copy", options, "docker-archive:" + archive, url(image));
	}

	/** The manifest that the registry has, byte for byte. */
	public String manifest(String image) throws IOException {
		List<String> command = new ArrayList<>(List.of("skopeo", "inspect", "--raw", "--tls-verify=false"));
		if (this.password) {
			command.addAll(List.of("--creds", USER + ":" + PASSWORD));
		}
		command.add(url(image));
		return run(command.toArray(String[]::new));
	}

	/** Lets skopeo do something between this registry and anything else. */
	public void skopeo(String verb, String[] options, String source, String target) throws IOException {
		List<String> command = new ArrayList<>(List.of("skopeo", "--insecure-policy", verb, "-q",
				"--src-tls-verify=false", "--dest-tls-verify=false"));
		if (this.password) {
			String side = target.contains(domain()) ? "--dest-creds" : "--src-creds";
			command.addAll(List.of(side, USER + ":" + PASSWORD));
		}
		command.addAll(Arrays.asList(options));
		command.addAll(List.of(source, target));
		run(command.toArray(String[]::new));
	}

	/** Runs a program to its end, and answers what it wrote. */
	public static String run(String... command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(await(process)).as(() -> String.join(" ", command) + ": " + output).isZero();
		return output;
	}

	private static int await(Process process) {
		try {
			return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) ? process.exitValue() : -1;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Ends the process; what it has stays. */
	public void interrupt() {
		this.process.destroyForcibly();
		await(this.process);
	}

	@Override
	public void close() {
		interrupt();
	}

}
