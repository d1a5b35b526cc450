package dev.caisson.web.endtoend;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The service dies; containers, their output and their exit status do not. */
@KernelTest
class CrashTests {

	@Test
	void killedServiceLosesNothing() throws Exception {
		try (Service service = Service.start()) {
			service.background("printing", List.of(), "sh", "-c",
					"i=0; while [ $i -lt 4000 ]; do echo $i; i=$((i+1)); usleep 1000; done; sleep 1000");
			service.background("ending", List.of(), "sh", "-c", "sleep 2; echo last words; exit 7");
			int idle = service.background("idle", List.of(), "sleep", "1000");
			service.kill();
			Thread.sleep(3000);
			service.resume();
			assertThat(service.inspect("ending", "{{.State.Status}} {{.State.ExitCode}}")).isEqualTo("exited 7");
			assertThat(service.docker("logs", "ending").output()).isEqualTo("last words\n");
			assertThat(service.inspect("idle", "{{.State.Status}} {{.State.Pid}}")).isEqualTo("running " + idle);
			assertThat(service.docker("ps", "-a", "--format", "{{.Names}}").output().lines())
				.containsExactlyInAnyOrder("printing", "ending", "idle");
			String complete = IntStream.range(0, 4000).mapToObj((i) -> i + "\n").collect(Collectors.joining());
			waitForLines(service, 4000);
			assertThat(service.docker("logs", "printing").output()).isEqualTo(complete);
			service.docker("stop", "-t", "0", "idle").succeeded();
			assertThat(service.inspect("idle", "{{.State.ExitCode}}")).isEqualTo("137");
		}
	}

	@Test
	void stoppedServiceLeavesContainersRunning() throws Exception {
		try (Service service = Service.start()) {
			int pid = service.background("on", List.of(), "sleep", "1000");
			service.terminate();
			assertThat(ProcessHandle.of(pid)).hasValueSatisfying(ProcessHandle::isAlive);
			service.resume();
			assertThat(service.inspect("on", "{{.State.Pid}}")).isEqualTo(Integer.toString(pid));
		}
	}

	private static void waitForLines(Service service, int expected) throws Exception {
		for (int i = 0; i < 300; i++) {
			if (service.docker("logs", "printing").output().lines().count() >= expected) {
				return;
			}
			Thread.sleep(100);
		}
	}

}
