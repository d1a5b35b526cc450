package dev.caisson.engine.seccomp;

import java.util.List;
import java.util.Optional;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.linux.ProcessStatus;
import dev.caisson.engine.linux.SystemCall;

/** Filters of system calls on processes. */
public final class Seccomp {

	/** Of linux/seccomp.h. */
	private static final int SECCOMP_SET_MODE_FILTER = 1;

	private Seccomp() {
	}

	/**
	 * Installs a filter. The kernel wants either no_new_privs or CAP_SYS_ADMIN effective
	 * in the user namespace: with no_new_privs this is the last step before execve;
	 * without, it comes before the steps that drop capabilities and change the user,
	 * which the filter must then allow (setgroups, setresgid, setresuid, capset, execve:
	 * the default profile does).
	 */
	public static void plan(LaunchPlan.Section child, SeccompFilter filter) {
		Arg program = new Arg.Bytes(filter.program(), "[" + filter.length() + " instructions]");
		// struct sock_fprog: an unsigned short, padding, a pointer
		Arg fprog = new Arg.Struct(List.of(Arg.number(filter.length()), program),
				"{len=" + filter.length() + ", sha256=" + filter.digest().substring(0, 12) + "…}");
		child.call("install seccomp filter", SystemCall.SECCOMP,
				Arg.flags(SECCOMP_SET_MODE_FILTER, "SECCOMP_SET_MODE_FILTER"),
				Arg.flags(filter.flags(), flagNames(filter.flags())), fprog);
	}

	private static String flagNames(int flags) {
		return switch (flags) {
			case 0 -> "0";
			case SeccompProfile.FLAG_LOG -> "SECCOMP_FILTER_FLAG_LOG";
			case SeccompProfile.FLAG_SPEC_ALLOW -> "SECCOMP_FILTER_FLAG_SPEC_ALLOW";
			default -> "SECCOMP_FILTER_FLAG_LOG|SECCOMP_FILTER_FLAG_SPEC_ALLOW";
		};
	}

	/**
	 * What the kernel says of a process.
	 * @throws java.io.UncheckedIOException if there is no such process
	 */
	public static SeccompReport observe(long pid) {
		ProcessStatus status = ProcessStatus.of(pid);
		return new SeccompReport(SeccompReport.Mode.values()[status.number("Seccomp")],
				status.has("Seccomp_filters") ? status.number("Seccomp_filters") : -1);
	}

	/**
	 * Reads the filters of a running process back from the kernel; it stands still for
	 * some tens of microseconds.
	 * @return the filters, the oldest first; empty if the process has ended or could not
	 * be stopped, as a paused one cannot
	 * @throws dev.caisson.engine.linux.LinuxException if the kernel refuses, for it shows
	 * filters only with CONFIG_CHECKPOINT_RESTORE
	 */
	public static Optional<List<ReadBack>> readBack(int pid) {
		return FilterReader.read(pid)
			.map((programs) -> programs.stream()
				.map((program) -> new ReadBack(ProfileReader.digest(program),
						program.length / SeccompFilter.INSTRUCTION_SIZE))
				.toList());
	}

	/**
	 * A filter as the kernel has it.
	 *
	 * @param digest SHA-256 of its program in hexadecimal, as
	 * {@link SeccompFilter#digest()}
	 * @param length how many instructions it has
	 */
	public record ReadBack(String digest, int length) {
	}

	/**
	 * The state of a process, see proc_pid_status(5).
	 *
	 * @param mode whether it is filtered
	 * @param filters how many filters it has; -1 if the kernel, older than 5.9, does not
	 * say
	 */
	public record SeccompReport(Mode mode, int filters) {

		/** The modes, with the numbers of linux/seccomp.h. */
		public enum Mode {

			DISABLED, STRICT, FILTER

		}

	}

}
