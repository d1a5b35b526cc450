package dev.caisson.web.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docker run} and its relatives, by the stock client. */
@KernelTest
class DockerRunTests {

	private static Service service;

	@BeforeAll
	static void start() throws Exception {
		service = Service.start();
	}

	@AfterAll
	static void stop() throws Exception {
		service.close();
	}

	@AfterEach
	void nothingRemains() throws Exception {
		service.removeAll();
	}

	@Test
	void runPrintsWhatTheProgramPrints() throws Exception {
		Result result = service.run("echo", "hi");
		assertThat(result).isEqualTo(new Result(0, "hi\n", ""));
		assertThat(service.docker("ps", "-aq").output()).isEmpty();
	}

	@Test
	void runKeepsTheTwoStreamsApart() throws Exception {
		Result result = service.run("sh", "-c", "echo out; echo err >&2; exit 3");
		assertThat(result).isEqualTo(new Result(3, "out\n", "err\n"));
	}

	@Test
	void runPassesInputOnUpToItsEnd() throws Exception {
		assertThat(service.dockerWithInput("hello\n", "run", "-i", "--rm", "busybox", "cat"))
			.isEqualTo(new Result(0, "hello\n", ""));
	}

	@Test
	void builtInImageRunsWithoutARegistry() throws Exception {
		assertThat(service.docker("run", "--rm", "caisson/hello").succeeded().output()).contains("Caisson");
	}

	@Test
	void detachedContainerIsLoggedStoppedInspectedAndRemoved() throws Exception {
		service.background("x", List.of(), "sh", "-c", "trap 'echo bye; exit 0' TERM; echo started; sleep 1000 & wait");
		waitForLog("x", "started\n");
		assertThat(service.docker("ps", "--format", "{{.Names}} {{.Image}}").output()).isEqualTo("x busybox\n");
		assertThat(service.docker("stop", "x").succeeded().output()).isEqualTo("x\n");
		assertThat(service.docker("logs", "x").succeeded().output()).isEqualTo("started\nbye\n");
		assertThat(service.inspect("x", "{{.State.Status}} {{.State.ExitCode}}")).isEqualTo("exited 0");
		assertThat(service.docker("rm", "x").succeeded().output()).isEqualTo("x\n");
		assertThat(service.docker("inspect", "x").errors()).containsIgnoringCase("no such object: x");
	}

	@Test
	void stopKillsWhatDoesNotListen() throws Exception {
		service.background("deaf", List.of(), "sh", "-c", "trap '' TERM; while :; do sleep 1; done");
		service.docker("stop", "-t", "1", "deaf").succeeded();
		assertThat(service.inspect("deaf", "{{.State.ExitCode}}")).isEqualTo("137");
	}

	@Test
	void exitStatusTellsWhoFailed() throws Exception {
		assertThat(service.run("sh", "-c", "exit 255").status()).isEqualTo(255);
		assertThat(service.run("sh", "-c", "sh -c 'kill -9 $$'; exit $?").status()).isEqualTo(137);
		Result missing = service.run("no-such-program");
		assertThat(missing.status()).isEqualTo(127);
		assertThat(missing.errors()).contains("exec: \"no-such-program\": executable file not found in $PATH");
		Result refused = service.run("/etc/passwd");
		assertThat(refused.status()).isEqualTo(126);
		assertThat(refused.errors()).contains("exec: \"/etc/passwd\": permission denied");
		Result unknown = service.docker("run", "--rm", "no-such-image");
		assertThat(unknown.status()).isEqualTo(125);
		assertThat(service.docker("ps", "-aq", "--filter", "status=running").output()).isEmpty();
	}

	@Test
	void hundredMegabytesWrittenAtOnceAllArrive() throws Exception {
		String command = "dd if=/dev/zero bs=1M count=100 2>/dev/null | tr '\\0' 'a' | fold -w 99; echo end";
		service.background("big", List.of(), "sh", "-c", command);
		assertThat(service.docker("wait", "big").succeeded().output()).isEqualTo("0\n");
		long expected = (100L << 20) + ((100L << 20) - 1) / 99 + "end\n".length();
		assertThat(service.docker("logs", "big").succeeded().output()).hasSize((int) expected).endsWith("end\n");
	}

	@Test
	void terminalIsTheContainersOwn() throws Exception {
		Result result = service.runWith(List.of("-t"), "sh", "-c",
				"tty; test -t 0 && test -t 1 && echo yes; ls /dev/pts");
		assertThat(result.succeeded().output()).startsWith("/dev/pts/0\r\nyes\r\n");
	}

	@Test
	void initReapsAndPassesSignalsOn() throws Exception {
		service.background("reaped", List.of("--init"), "sh", "-c",
				"trap 'exit 42' USR1; (sleep 0.2 & exec true) ; while :; do sleep 0.1; done");
		String first = service.inspect("reaped", "{{.State.Pid}}");
		assertThat(Files.readString(Path.of("/proc", first, "cmdline"))).startsWith("docker-init");
		service.docker("kill", "-s", "USR1", "reaped").succeeded();
		assertThat(service.docker("wait", "reaped").output()).isEqualTo("42\n");
	}

	@Test
	void restartRunsItAgain() throws Exception {
		service.background("again", List.of(), "sh", "-c", "echo run; sleep 1000");
		waitForLog("again", "run\n");
		service.docker("restart", "-t", "0", "again").succeeded();
		waitForLog("again", "run\nrun\n");
		service.docker("kill", "again").succeeded();
		assertThat(service.docker("wait", "again").output()).isEqualTo("137\n");
	}

	@Test
	void logsSelectByTailAndStream() throws Exception {
		service
			.docker("run", "--name", "lines", "busybox", "sh", "-c",
					"for i in 1 2 3 4 5; do echo $i; done; sleep 0.5; echo e >&2")
			.succeeded();
		assertThat(service.docker("logs", "--tail", "2", "lines"))
			.satisfies((result) -> assertThat(result.output() + result.errors()).isEqualTo("5\ne\n"));
		assertThat(service.docker("logs", "-t", "lines").output().lines().findFirst().orElseThrow())
			.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z 1");
	}

	@Test
	void logsRotateBySizeAndCount() throws Exception {
		service
			.docker("run", "--name", "rotated", "--log-opt", "max-size=10k", "--log-opt", "max-file=3", "busybox", "sh",
					"-c", "i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i+1)); done")
			.succeeded();
		List<String> lines = service.docker("logs", "rotated").succeeded().output().lines().toList();
		assertThat(lines).last().isEqualTo("line 999");
		assertThat(lines).hasSizeBetween(100, 600);
	}

	@Test
	void nameInUseIsAConflict() throws Exception {
		service.docker("create", "--name", "taken", "busybox", "true").succeeded();
		assertThat(service.docker("create", "--name", "taken", "busybox", "true").errors())
			.contains("The container name \"/taken\" is already in use by container");
	}

	static void waitForLog(String name, String expected) throws Exception {
		String log = "";
		for (int i = 0; i < 100; i++) {
			log = service.docker("logs", name).output();
			if (log.equals(expected)) {
				return;
			}
			Thread.sleep(50);
		}
		assertThat(log).isEqualTo(expected);
	}

}
