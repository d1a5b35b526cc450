package dev.caisson.engine.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The tests of the tests: a check that cannot fail would prove nothing. */
class KernelTestTests {

	private static final Duration BRIEFLY = Duration.ofMillis(100);

	private final KernelSnapshot before = KernelSnapshot.take();

	@Test
	void nothingNewPasses() {
		assertThatCode(() -> LeakCheck.assertNothingNew(this.before, BRIEFLY)).doesNotThrowAnyException();
	}

	@Test
	void openDescriptorIsReported() throws Exception {
		try (FileChannel channel = FileChannel.open(Path.of("/proc/self/status"))) {
			assertThat(channel.isOpen()).isTrue();
			assertLeak("/status");
		}
		LeakCheck.assertNothingNew(this.before, BRIEFLY);
	}

	@Test
	void runningProcessIsReported() throws Exception {
		Process sleep = new ProcessBuilder("sleep", "60").start();
		try {
			assertLeak("process " + sleep.pid() + " sleep");
		}
		finally {
			sleep.destroyForcibly().waitFor();
		}
		LeakCheck.assertNothingNew(this.before, Duration.ofSeconds(2));
	}

	@Test
	void rootsAreReportedUntilClosed() throws Exception {
		try (TestRoots roots = new TestRoots()) {
			Files.writeString(roots.data().resolve("kept"), "x");
			assertLeak("file " + roots.data().getParent());
			assertThat(roots.files()).contains(Path.of("data/kept"));
		}
		LeakCheck.assertNothingNew(this.before, BRIEFLY);
	}

	@Test
	@KernelTest
	void mountIsReportedAndKeepsItsRootsFromDeletion() throws Exception {
		TestRoots roots = new TestRoots();
		Path target = roots.directory("mounted");
		run("mount", "-t", "tmpfs", "none", target.toString());
		try {
			assertLeak(" " + target);
			assertThatExceptionOfType(AssertionError.class).isThrownBy(roots::close)
				.withMessageContaining(target.toString());
		}
		finally {
			run("umount", target.toString());
			roots.close();
		}
	}

	@Test
	@KernelTest(needs = Feature.CGROUP_V1)
	void cgroupIsReported() throws Exception {
		try (TestRoots roots = new TestRoots()) {
			Path cgroup = Files.createDirectory(Path.of("/sys/fs/cgroup/pids", roots.cgroup()));
			try {
				assertLeak("cgroup " + cgroup);
			}
			finally {
				Files.delete(cgroup);
			}
		}
	}

	@Test
	void lackIsASkipThatNamesIt() {
		assertThat(KernelCondition.judge(List.of(), true).isDisabled()).isFalse();
		assertThat(KernelCondition.judge(List.of(Feature.OVERLAY), false).getReason())
			.hasValue("needs overlayfs (modprobe overlay), which is not here");
	}

	@Test
	void lackIsAFailureInCiUnlessOfAKindOfHost() {
		assertThatIllegalStateException().isThrownBy(() -> KernelCondition.judge(List.of(Feature.ROOT), true))
			.withMessageContaining("CAP_SYS_ADMIN");
		assertThat(KernelCondition.judge(List.of(Feature.CGROUP_V2), true).isDisabled()).isTrue();
	}

	@Test
	@KernelTest(needs = Feature.BUSYBOX)
	void busyboxRootRuns() throws Exception {
		try (TestRoots roots = new TestRoots()) {
			Path root = BusyboxRoot.directory(roots.directory("root"));
			run("chroot", root.toString(), "/bin/sh", "-c", "id app && test -u /tmp || test -d /tmp");
			assertThat(BusyboxRoot.archive(roots.data().resolve("busybox.tar"))).isNotEmptyFile();
		}
	}

	private void assertLeak(String expected) {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> LeakCheck.assertNothingNew(this.before, Duration.ZERO))
			.withMessageContaining(expected);
	}

	private static void run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (var output = process.inputReader()) {
			String said = output.readAllAsString();
			assertThat(process.waitFor()).as(said).isZero();
		}
	}

}
