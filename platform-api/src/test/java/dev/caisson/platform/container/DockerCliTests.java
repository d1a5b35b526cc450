package dev.caisson.platform.container;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.container.DockerCli.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Docker's own client, unchanged, against the service. */
@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX, Feature.DOCKER_CLI }, comparesEachTest = false)
@Timeout(120)
class DockerCliTests {

	private static ContainerService service;

	@TempDir
	private static Path configuration;

	@BeforeAll
	static void start() throws IOException {
		service = ContainerService.start();
	}

	@AfterAll
	static void stop() throws IOException {
		service.close();
	}

	@AfterEach
	void removeContainers() throws IOException {
		service.removeAll();
	}

	@Test
	void runPrintsWhatTheContainerPrints() throws Exception {
		Result result = docker("run", "--rm", "busybox", "sh", "-c", "echo hi; echo bad >&2");
		assertThat(result).isEqualTo(new Result(0, "hi\n", "bad\n"));
		assertThat(docker("ps", "-aq").output()).isEmpty();
	}

	@Test
	void runPassesInputOn() throws Exception {
		assertThat(dockerWithInput("hello\n", "run", "-i", "--rm", "busybox", "cat"))
			.isEqualTo(new Result(0, "hello\n", ""));
	}

	@Test
	void exitCodesAreDockers() throws Exception {
		assertThat(docker("run", "--rm", "busybox", "sh", "-c", "exit 42").exitCode()).isEqualTo(42);
		assertThat(docker("run", "--rm", "busybox", "sh", "-c", "sleep 5 & kill -9 $!; wait $!").exitCode())
			.isEqualTo(137);
		Result missing = docker("run", "--rm", "busybox", "nosuch");
		assertThat(missing.exitCode()).isEqualTo(127);
		assertThat(missing.error()).contains("exec: \"nosuch\": executable file not found in $PATH");
		Result noProgram = docker("run", "--rm", "busybox", "/etc/passwd");
		assertThat(noProgram.exitCode()).isEqualTo(126);
		assertThat(noProgram.error()).contains("permission denied");
		Result refused = docker("run", "--rm", "--memory", "1m", "busybox", "true");
		assertThat(refused.exitCode()).isEqualTo(125);
		assertThat(refused.error()).contains("Minimum memory limit allowed is 6MB");
		assertThat(docker("run", "--rm", "--cpus", "1000", "busybox", "true").error())
			.contains("Range of CPUs is from 0.01 to ");
		assertThat(docker("ps", "-aq").output()).isEmpty();
	}

	@Test
	void lifeOfAContainer() throws Exception {
		String id = docker("run", "-d", "--name", "x", "busybox", "sh", "-c",
				"trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done")
			.output()
			.strip();
		assertThat(id).hasSize(64);
		assertThat(docker("ps", "--format", "{{.Names}} {{.Image}}").output()).isEqualTo("x busybox\n");
		while (!docker("logs", "x").output().equals("up\n")) {
			Thread.onSpinWait();
		}
		assertThat(docker("stop", "x").output()).isEqualTo("x\n");
		assertThat(docker("logs", "x").output()).isEqualTo("up\nbye\n");
		assertThat(docker("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "x").output())
			.isEqualTo("exited 3\n");
		assertThat(docker("wait", "x").output()).isEqualTo("3\n");
		assertThat(docker("start", "x").exitCode()).isZero();
		assertThat(docker("kill", "x").exitCode()).isZero();
		assertThat(docker("rm", "x").output()).isEqualTo("x\n");
		assertThat(docker("inspect", "x").error()).contains("No such object: x");
	}

	@Test
	void optionsReachTheContainer() throws Exception {
		Result result = docker("run", "--rm", "-h", "web", "-e", "A=1", "-w", "/new/dir", "-u", "1000:29",
				"--group-add", "33", "--tmpfs", "/t:size=1m", "--read-only", "--add-host", "a:1.2.3.4", "--dns",
				"9.9.9.9", "--ulimit", "nofile=20:30", "--label", "l=v", "--init", "--shm-size", "2m", "busybox", "sh",
				"-c", "hostname; echo $A $HOME; pwd; id; grep ' /t ' /proc/mounts; ulimit -n; grep -w a /etc/hosts; "
						+ "cat /etc/resolv.conf; grep shm /proc/mounts; touch /x");
		assertThat(result.output()).contains("web\n", "1 /home/app\n", "/new/dir\n", "uid=1000(app) gid=29(audio)",
				"33(www-data)", "size=1024k", "20\n", "1.2.3.4", "nameserver 9.9.9.9", "size=2048k");
		assertThat(result.error()).contains("Read-only file system");
	}

	@Test
	void bindsAndVolumesKeepTheirFiles(@TempDir Path directory) throws Exception {
		assertThat(docker("run", "--rm", "-v", directory + ":/host", "-v", "kept:/kept", "busybox", "sh", "-c",
				"echo a > /host/file; echo b > /kept/file")
			.exitCode()).isZero();
		assertThat(directory.resolve("file")).content().isEqualTo("a\n");
		assertThat(docker("run", "--rm", "-v", directory + ":/host:ro", "-v", "kept:/kept", "busybox", "sh", "-c",
				"cat /host/file /kept/file; echo x > /host/new"))
			.satisfies((result) -> {
				assertThat(result.output()).isEqualTo("a\nb\n");
				assertThat(result.error()).contains("Read-only file system");
			});
	}

	@Test
	void nameIsFreeWhenRunReturns() throws Exception {
		for (int i = 0; i < 10; i++) {
			assertThat(docker("run", "--rm", "--name", "same", "busybox", "true")).isEqualTo(new Result(0, "", ""));
		}
	}

	/** util-linux's script(1) gives the client a terminal of its own. */
	@Test
	void interactiveShellFeelsLikeALocalOne() throws Exception {
		String command = String.join(" ",
				new DockerCli(service.socket(), configuration).command("run", "--rm", "-it", "busybox", "sh"));
		Process terminal = new ProcessBuilder("script", "-qec", "stty rows 33 cols 44; exec " + command, "/dev/null")
			.redirectErrorStream(true)
			.start();
		CompletableFuture.delayedExecutor(60, TimeUnit.SECONDS).execute(terminal::destroyForcibly);
		StringBuilder seen = new StringBuilder();
		try (OutputStream keys = terminal.getOutputStream()) {
			await(terminal, seen, "/ # ");
			type(keys, "stty size; tty\n");
			await(terminal, seen, "33 44\r\n/dev/pts/0\r\n");
			// the echo of what is typed must not be taken for its output
			type(keys, "sh -c 'echo is run\"\"ning; sleep 1000'\n");
			await(terminal, seen, "is running\r\n");
			type(keys, "\u0003");
			await(terminal, seen, "/ # ");
			type(keys, "echo gone on: $?; exit 7\n");
			await(terminal, seen, "gone on: 130");
			terminal.getInputStream().transferTo(OutputStream.nullOutputStream());
		}
		assertThat(terminal.waitFor()).isEqualTo(7);
	}

	private static void type(OutputStream keys, String text) throws IOException {
		keys.write(text.getBytes(StandardCharsets.UTF_8));
		keys.flush();
	}

	private static void await(Process terminal, StringBuilder seen, String wanted) throws IOException {
		while (seen.indexOf(wanted) < 0) {
			int next = terminal.getInputStream().read();
			assertThat(next).as("'%s' in '%s'", wanted, seen).isNotNegative();
			seen.append((char) next);
		}
		seen.delete(0, seen.indexOf(wanted) + wanted.length());
	}

	@Test
	void muchOutputIsComplete() throws Exception {
		assertThat(docker("run", "--rm", "busybox", "sh", "-c",
				"yes 0123456789abcde | head -c 30000000 | md5sum; yes 0123456789abcde | head -c 3000000")
			.output()).hasSize(3_000_000 + 36);
	}

	private static Result docker(String... arguments) throws Exception {
		return dockerWithInput("", arguments);
	}

	private static Result dockerWithInput(String input, String... arguments) throws Exception {
		return new DockerCli(service.socket(), configuration).run(input.getBytes(StandardCharsets.UTF_8), arguments);
	}

}
