package dev.caisson.engine.seccomp;

import java.util.Arrays;
import java.util.Optional;

import dev.caisson.engine.linux.Libseccomp;

/**
 * What happens to a system call, see seccomp(2). SCMP_ACT_NOTIFY is missing: it needs a
 * supervisor that answers for as long as the container runs.
 */
public enum SeccompAction {

	KILL(Libseccomp.RET_KILL_THREAD), KILL_THREAD(Libseccomp.RET_KILL_THREAD),
	KILL_PROCESS(Libseccomp.RET_KILL_PROCESS), TRAP(Libseccomp.RET_TRAP), ERRNO(Libseccomp.RET_ERRNO),
	TRACE(Libseccomp.RET_TRACE), LOG(Libseccomp.RET_LOG), ALLOW(Libseccomp.RET_ALLOW);

	private static final String PREFIX = "SCMP_ACT_";

	private final int value;

	SeccompAction(int value) {
		this.value = value;
	}

	/**
	 * The value that a filter returns.
	 * @param errno goes into the lower 16 bits of those actions that carry data
	 */
	int value(int errno) {
		return switch (this) {
			case ERRNO, TRACE -> this.value | (errno & 0xffff);
			case KILL, KILL_THREAD, KILL_PROCESS, TRAP, LOG, ALLOW -> this.value;
		};
	}

	/** Whether the call is made, if maybe not unnoticed. */
	boolean lets() {
		return this == ALLOW || this == LOG || this == TRACE;
	}

	static Optional<SeccompAction> named(String name) {
		return Arrays.stream(values()).filter((action) -> name.equals(PREFIX + action.name())).findFirst();
	}

}
