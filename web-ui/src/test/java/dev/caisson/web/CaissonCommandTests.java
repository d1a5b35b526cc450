package dev.caisson.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code ./caisson} refuses, in one sentence with the remedy, before it starts. */
class CaissonCommandTests {

	private static final Path COMMAND = Path.of("../caisson").toAbsolutePath().normalize();

	@TempDir
	private Path roots;

	private record Answer(int status, List<String> lines) {

		void refusesWith(String sentence, String remedy) {
			assertThat(this.lines).hasSize(2);
			assertThat(this.lines.getFirst()).startsWith("caisson: ").contains(sentence);
			assertThat(this.lines.getLast()).contains(remedy);
			assertThat(this.status).isEqualTo(1);
		}

	}

	@Test
	void versionIsThatOfTheBuild() throws Exception {
		assertThat(caisson("--version").lines()).singleElement().asString().matches("caisson \\d+\\.\\d+\\.\\d+.*");
	}

	@Test
	void helpNamesEveryCommand() throws Exception {
		assertThat(String.join("\n", caisson("--help").lines())).contains("caisson serve", "caisson build",
				"caisson test", "caisson bench");
	}

	@Test
	void unknownCommandAndOptionAreRefused() throws Exception {
		caisson("frobnicate").refusesWith("there is no command frobnicate", "--help");
		caisson("serve", "--frob").refusesWith("serve does not know --frob", "--help");
		caisson("serve", "--http-port").refusesWith("--http-port needs a value", "--help");
	}

	@Test
	@KernelTest
	void serveWithoutRootIsRefused() throws Exception {
		// with the one capability that reaches the command wherever it lies
		run("setpriv", "--reuid", "65534", "--clear-groups", "--inh-caps=-all,+dac_override",
				"--ambient-caps=-all,+dac_override", COMMAND.toString(), "serve")
			.refusesWith("needs root", "sudo");
	}

	@Test
	@KernelTest
	void portOutOfRangeIsRefused() throws Exception {
		serve("--http-port=99999").refusesWith("99999 is not a TCP port", "65535");
	}

	@Test
	@KernelTest
	void portOfALiveProcessIsRefusedWithItsName() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
			serve("--http-port", Integer.toString(taken.getLocalPort())).refusesWith(
					"TCP port " + taken.getLocalPort() + " is taken by process " + ProcessHandle.current().pid(),
					"--http-port");
		}
	}

	@Test
	@KernelTest
	void socketOfALiveProcessIsRefusedWithItsName() throws Exception {
		Path path = this.roots.resolve("taken.sock");
		try (ServerSocketChannel taken = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			taken.bind(UnixDomainSocketAddress.of(path));
			serve("--socket", path.toString())
				.refusesWith("socket " + path + " is taken by process " + ProcessHandle.current().pid(), "--socket");
		}
	}

	@Test
	@KernelTest
	void rootThatCannotBeWrittenIsRefused() throws Exception {
		Path file = Files.writeString(this.roots.resolve("file"), "");
		caisson("serve", "--data-root", file.resolve("below").toString()).refusesWith("the data root " + file,
				"--data-root");
		serve("--run-root", file.resolve("below").toString()).refusesWith("the run root " + file, "--run-root");
	}

	@Test
	@KernelTest
	void rootOfAnotherInstanceIsRefusedWithItsProcess() throws Exception {
		Path lock = Files.createDirectories(this.roots.resolve("d")).resolve("lock");
		Files.writeString(lock, "4711\n");
		Process other = new ProcessBuilder("flock", "--no-fork", lock.toString(), "sh", "-c",
				"echo locked; exec sleep 60")
			.start();
		try (var output = other.inputReader()) {
			assertThat(output.readLine()).isEqualTo("locked");
			serve().refusesWith("is in use by another instance, process 4711", "--data-root");
		}
		finally {
			other.destroyForcibly().waitFor();
		}
	}

	private Answer serve(String... options) throws Exception {
		String[] roots = { "serve", "--data-root", this.roots + "/d", "--run-root", this.roots + "/r" };
		return caisson(Stream.of(roots, options).flatMap(Stream::of).toArray(String[]::new));
	}

	private static Answer caisson(String... arguments) throws Exception {
		return run(Stream.concat(Stream.of(COMMAND.toString()), Stream.of(arguments)).toArray(String[]::new));
	}

	private static Answer run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (var output = process.inputReader()) {
			List<String> lines = output.lines().toList();
			return new Answer(process.waitFor(), lines);
		}
	}

}
