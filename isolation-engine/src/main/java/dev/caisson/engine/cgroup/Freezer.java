package dev.caisson.engine.cgroup;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * Stops all processes of a group at once, and kills them all.
 *
 * @param directory the group in v1's freezer hierarchy or in v2
 */
record Freezer(Directory directory) {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final long PAUSE = Duration.ofNanos(200_000).toNanos();

	private static final int SIGKILL = 9;

	private static final int MOST_ROUNDS = 200;

	/**
	 * Returns when every process stands still.
	 * @throws LinuxException ETIMEDOUT if one does not; all go on then
	 */
	void freeze() {
		set(true);
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (!isFrozen()) {
			if (System.nanoTime() >= end) {
				thaw();
				throw new LinuxException("freeze", this.directory.path().toString(), Errno.ETIMEDOUT,
						"a process does not stop, such as one that waits for a device");
			}
			LockSupport.parkNanos(PAUSE);
			if (this.directory.version() == Version.V1) {
				// a task that was forked while the group froze is caught only by the next
				// write
				set(true);
			}
		}
	}

	void thaw() {
		set(false);
	}

	boolean isFrozen() {
		return (this.directory.version() == Version.V1) ? this.directory.read("freezer.state").equals("FROZEN")
				: ControlFile.numbers(this.directory.read("cgroup.events")).getOrDefault("frozen", 0L) == 1;
	}

	private void set(boolean frozen) {
		if (this.directory.version() == Version.V1) {
			this.directory.write("freezer.state", frozen ? "FROZEN" : "THAWED");
		}
		else {
			this.directory.write("cgroup.freeze", frozen ? "1" : "0");
		}
	}

	/**
	 * Sends SIGKILL to all processes, for kernels without cgroup.kill (before 5.14).
	 * While they are frozen none can fork, nor can a number be given to another process.
	 */
	void killOneByOne() {
		for (int round = 0; round < MOST_ROUNDS; round++) {
			List<Integer> processes = this.directory.processes();
			if (processes.isEmpty()) {
				return;
			}
			set(true);
			this.directory.processes().forEach((pid) -> Linux.attempt(SystemCall.KILL, pid, SIGKILL));
			thaw();
			LockSupport.parkNanos(PAUSE);
		}
	}

}
