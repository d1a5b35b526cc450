package dev.caisson.web.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.TestRoots;
import dev.caisson.web.CaissonApplication;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service in a process and a network namespace of its own, with roots of its own and
 * busybox loaded. It can be killed and started again.
 */
final class Service implements AutoCloseable {

	private static final JsonMapper JSON = new JsonMapper();

	private final TestRoots roots = new TestRoots();

	private @Nullable Process process;

	private Service() {
	}

	static Service start() throws Exception {
		Service service = new Service();
		try {
			service.resume();
			Path archive = BusyboxRoot.archive(service.roots.directory("images").resolve("busybox.tar"));
			service.docker("load", "-i", archive.toString()).succeeded();
			return service;
		}
		catch (Exception | AssertionError ex) {
			service.close();
			throw ex;
		}
	}

	/** Starts it, for the first time or again, and waits until it answers. */
	void resume() throws Exception {
		Path log = this.roots.directory("log").resolve("service.log");
		long before = Files.exists(log) ? announcements(log) : 0;
		this.process = new ProcessBuilder(command()).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start();
		for (int i = 0; i < 1200 && this.process.isAlive(); i++) {
			if (announcements(log) > before) {
				return;
			}
			Thread.sleep(50);
		}
		this.process.destroyForcibly().waitFor();
		throw new IOException("the service did not become ready:\n" + Files.readString(log));
	}

	private List<String> command() {
		List<String> command = new ArrayList<>(List.of("unshare", "-n", "sh", "-c", "ip link set lo up; exec \"$@\"",
				"sh", Path.of(System.getProperty("java.home"), "bin/java").toString(),
				"--enable-native-access=ALL-UNNAMED", "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
				"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "-cp", classPath(),
				CaissonApplication.class.getName()));
		command.addAll(List.of("--caisson.data-root=" + this.roots.data(), "--caisson.run-root=" + this.roots.run(),
				"--caisson.socket=" + socket(), "--caisson.cgroup-parent=" + this.roots.cgroup(), "--server.port=0",
				"--caisson.tls.enabled=false"));
		return command;
	}

	/** That of the tests, which holds the product, too. */
	static String classPath() {
		return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
	}

	private static long announcements(Path log) throws IOException {
		return Files.readString(log).lines().filter((line) -> line.startsWith("caisson: ready")).count();
	}

	/** It is in the network namespace of this process. */
	long pid() {
		return running().pid();
	}

	/** What it said when it first became ready; the expression has one group. */
	String announced(String expression) throws IOException {
		Matcher matcher = Pattern.compile(expression)
			.matcher(Files.readString(this.roots.directory("log").resolve("service.log")));
		if (!matcher.find()) {
			throw new AssertionError("the service did not announce " + expression);
		}
		return matcher.group(1);
	}

	Path socket() {
		return this.roots.run().resolve("caisson.sock");
	}

	TestRoots roots() {
		return this.roots;
	}

	/** Runs the docker client to its end. */
	Result docker(String... arguments) throws Exception {
		return dockerWithInput("", arguments);
	}

	Result dockerWithInput(String input, String... arguments) throws Exception {
		return Result.of(client(arguments), input);
	}

	/** Runs a command in a container that is removed afterwards. */
	Result run(String... command) throws Exception {
		return runWith(List.of(), command);
	}

	Result runWith(List<String> options, String... command) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("run", "--rm"));
		arguments.addAll(options);
		arguments.add("busybox");
		arguments.addAll(List.of(command));
		return docker(arguments.toArray(String[]::new));
	}

	/** Starts a container in the background; answers its first process on the host. */
	int background(String name, List<String> options, String... command) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("run", "-d", "--name", name));
		arguments.addAll(options);
		arguments.add("busybox");
		arguments.addAll(List.of(command));
		docker(arguments.toArray(String[]::new)).succeeded();
		return Integer.parseInt(inspect(name, "{{.State.Pid}}"));
	}

	String inspect(String name, String format) throws Exception {
		return docker("inspect", "-f", format, name).succeeded().output().strip();
	}

	/** What the docker client has no word for. */
	void post(String path, String json) throws Exception {
		exchange("POST " + path,
				"Content-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n" + json);
	}

	/** The JSON that a path answers. */
	JsonNode get(String path) throws Exception {
		String answer = exchange("GET " + path, "\r\n");
		return JSON.readTree(answer.substring(answer.indexOf("{"), answer.lastIndexOf("}") + 1));
	}

	/** The same of a path that will answer soon. */
	JsonNode await(String path) throws Exception {
		for (int i = 0; i < 200; i++) {
			try {
				return get(path);
			}
			catch (AssertionError notYet) {
				Thread.sleep(100);
			}
		}
		return get(path);
	}

	private String exchange(String line, String rest) throws IOException {
		String request = line + " HTTP/1.0\r\nHost: localhost\r\n" + rest;
		try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
			channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
			String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
			if (!answer.matches("(?s)HTTP/1.[01] 2.*")) {
				throw new AssertionError(line + ": " + answer);
			}
			return answer;
		}
	}

	ProcessBuilder client(String... arguments) {
		List<String> command = new ArrayList<>(List.of("docker", "-H", "unix://" + socket()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command);
	}

	/** Runs a command on the host, which is to say in the service's network namespace. */
	Result onHost(String... command) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("nsenter", "-t", Long.toString(running().pid()), "-n", "--"));
		arguments.addAll(List.of(command));
		ProcessBuilder builder = new ProcessBuilder(arguments);
		builder.environment().put("DOCKER_HOST", "unix://" + socket());
		return Result.of(builder, "", Duration.ofMinutes(3));
	}

	/** Runs docker-compose on the project in a directory. */
	Result compose(Path project, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of("docker-compose"));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).directory(project.toFile());
		builder.environment().put("DOCKER_HOST", "unix://" + socket());
		return Result.of(builder, "", Duration.ofMinutes(3));
	}

	/** Removes every container. */
	void removeAll() throws Exception {
		String[] ids = docker("ps", "-aq").succeeded().output().split("\\s+");
		for (String id : ids) {
			if (!id.isEmpty()) {
				docker("rm", "-f", id).succeeded();
			}
		}
	}

	/** As a crash would: at once, in the middle of whatever it does. */
	void kill() throws InterruptedException {
		running().destroyForcibly().waitFor();
	}

	void terminate() throws InterruptedException {
		running().destroy();
		if (!running().waitFor(20, TimeUnit.SECONDS)) {
			running().destroyForcibly().waitFor();
			throw new AssertionError("the service did not stop within 20 s of SIGTERM");
		}
	}

	private Process running() {
		if (this.process == null) {
			throw new IllegalStateException("the service was never started");
		}
		return this.process;
	}

	@Override
	public void close() {
		try {
			if (running().isAlive()) {
				removeAll();
				terminate();
			}
		}
		catch (Exception ex) {
			throw new AssertionError("the service could not be cleaned up", ex);
		}
		finally {
			running().destroyForcibly();
		}
		try {
			this.roots.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
