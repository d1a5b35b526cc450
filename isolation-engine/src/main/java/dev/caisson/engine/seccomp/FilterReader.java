package dev.caisson.engine.seccomp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * Reads the filters of a running process back from the kernel, see ptrace(2): the process
 * stands still for some tens of microseconds. <pre>
 *   seize, interrupt --> wait until it stands --> the filters, the oldest first --> detach
 * </pre> A tracer is a thread, and whatever it traces goes free when it ends: so each
 * reading has a thread of its own, and a process that cannot be stopped is left alone.
 */
final class FilterReader implements AutoCloseable {

	/** Of linux/ptrace.h and asm-generic/ptrace.h. */
	private static final int PTRACE_DETACH = 17, PTRACE_SEIZE = 0x4206, PTRACE_INTERRUPT = 0x4207,
			PTRACE_SECCOMP_GET_FILTER = 0x420c;

	/** Of linux/wait.h. */
	private static final int P_PID = 1, WNOHANG = 1, WSTOPPED = 2, WEXITED = 4, WALL = 0x40000000;

	/** siginfo_t, and where its si_code and si_pid are. */
	private static final int SIGINFO_SIZE = 128, SI_CODE = 8, SI_PID = 16;

	/** Of asm-generic/siginfo.h. */
	private static final int CLD_TRAPPED = 4, CLD_STOPPED = 5;

	/** A process in an uninterruptible call, or frozen, does not stop. */
	private static final Duration PATIENCE = Duration.ofMillis(200);

	private static final long PAUSE = Duration.ofNanos(20_000).toNanos();

	/** More than any sane program installs; each is read whole. */
	private static final int MOST_FILTERS = 32;

	private final int pid;

	private FilterReader(int pid) {
		this.pid = pid;
		Linux.call(SystemCall.PTRACE, "process " + pid, PTRACE_SEIZE, pid, 0, 0);
	}

	/**
	 * The programs of all filters, the oldest first.
	 * @return empty if the process could not be stopped in time, or has ended
	 * @throws LinuxException if this service may not trace it, or the kernel was built
	 * without CONFIG_CHECKPOINT_RESTORE
	 */
	static Optional<List<byte[]>> read(int pid) {
		FutureTask<Optional<List<byte[]>>> reading = new FutureTask<>(() -> {
			try (FilterReader reader = new FilterReader(pid)) {
				return reader.stop() ? Optional.of(reader.filters()) : Optional.empty();
			}
		});
		Thread tracer = Thread.ofPlatform().daemon().name("seccomp-reader").start(reading);
		try {
			tracer.join();
			return reading.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Optional.empty();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof LinuxException refusal) {
				if (refusal.is(Errno.ESRCH)) {
					return Optional.empty();
				}
				throw refusal;
			}
			throw new IllegalStateException(ex.getCause());
		}
	}

	private boolean stop() {
		Linux.call(SystemCall.PTRACE, "process " + this.pid, PTRACE_INTERRUPT, this.pid, 0, 0);
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment info = arena.allocate(SIGINFO_SIZE, 8);
			for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end;) {
				info.fill((byte) 0);
				Linux.call(SystemCall.WAITID, "process " + this.pid, P_PID, this.pid, info.address(),
						WSTOPPED | WEXITED | WNOHANG | WALL, 0);
				if (info.get(ValueLayout.JAVA_INT, SI_PID) != 0) {
					int code = info.get(ValueLayout.JAVA_INT, SI_CODE);
					return code == CLD_TRAPPED || code == CLD_STOPPED;
				}
				LockSupport.parkNanos(PAUSE);
			}
			return false;
		}
	}

	private List<byte[]> filters() {
		List<byte[]> filters = new ArrayList<>();
		while (filters.size() < MOST_FILTERS) {
			long length = Linux.attempt(SystemCall.PTRACE, PTRACE_SECCOMP_GET_FILTER, this.pid, filters.size(), 0);
			// ENOENT: no further one; EINVAL: none at all
			if (length == -Errno.ENOENT.number() || length == -Errno.EINVAL.number()) {
				break;
			}
			if (length < 0) {
				throw new LinuxException("read the seccomp filter of", "process " + this.pid, Errno.of(-length));
			}
			filters.add(filter(filters.size(), length));
		}
		return filters;
	}

	private byte[] filter(int index, long length) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment program = arena.allocate(length * SeccompFilter.INSTRUCTION_SIZE, 8);
			Linux.call(SystemCall.PTRACE, "filter of process " + this.pid, PTRACE_SECCOMP_GET_FILTER, this.pid, index,
					program.address());
			return program.toArray(ValueLayout.JAVA_BYTE);
		}
	}

	/** Fails only for a process that did not stop: the end of the thread frees it. */
	@Override
	public void close() {
		Linux.attempt(SystemCall.PTRACE, PTRACE_DETACH, this.pid, 0, 0);
	}

}
