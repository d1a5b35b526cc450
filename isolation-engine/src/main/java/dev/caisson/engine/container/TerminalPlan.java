package dev.caisson.engine.container;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.launch.LaunchFrame;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/**
 * A pseudo terminal from the container's own devpts, see pty(7), whose controlling side
 * the keeper takes out of the child: <pre>
 *   child:   open ptmx, become the terminal's session, offer -->  wait
 *   keeper:  wait for the offer, pidfd_getfd, accept         -->
 * </pre>
 */
final class TerminalPlan {

	/** Of asm-generic/ioctls.h. */
	private static final int TIOCSPTLCK = 0x40045431, TIOCGPTPEER = 0x5441, TIOCSCTTY = 0x540e;

	private TerminalPlan() {
	}

	/**
	 * Opens what the launch of a terminal needs.
	 * @param keep gives each to the keeper
	 */
	static void openDescriptors(BiConsumer<KeptDescriptor, Fd> keep) {
		keep.accept(KeptDescriptor.TERMINAL_OFFERED, Fd.event("terminal offered"));
		keep.accept(KeptDescriptor.TERMINAL_ACCEPTED, Fd.event("terminal accepted"));
		// the launch replaces them by the terminal
		for (KeptDescriptor stream : List.of(KeptDescriptor.CHILD_STDIN, KeptDescriptor.CHILD_STDOUT,
				KeptDescriptor.CHILD_STDERR)) {
			keep.accept(stream, Fd.open(Path.of("/dev/null"), Fd.O_RDWR));
		}
	}

	/**
	 * Adds the child's part; /dev must be there. The terminal is to belong to the user,
	 * and to have its size before the program looks.
	 */
	static void planChild(LaunchPlan.Builder plan, int uid, Optional<TerminalSize> size) {
		LaunchPlan.Section child = plan.child();
		Arg kept = Arg.number(KeptDescriptor.TERMINAL.ordinal());
		Step master = child.call("open a terminal", SystemCall.OPENAT, Arg.flags(Linux.AT_FDCWD, "AT_FDCWD"),
				Arg.text("/dev/pts/ptmx"), Arg.flags(Fd.O_RDWR | Fd.O_NOCTTY, "O_RDWR|O_NOCTTY"), Arg.number(0));
		child.call("put it where the keeper finds it", SystemCall.DUP3, Arg.result(master), kept,
				Arg.flags(Fd.O_CLOEXEC, "O_CLOEXEC"));
		child.call("close the first name of it", SystemCall.CLOSE, Arg.result(master));
		child.call("unlock the terminal", SystemCall.IOCTL, kept, Arg.flags(TIOCSPTLCK, "TIOCSPTLCK"),
				new Arg.Bytes(new byte[4], "0"));
		Step peer = child.call("open its other side", SystemCall.IOCTL, kept, Arg.flags(TIOCGPTPEER, "TIOCGPTPEER"),
				Arg.flags(Fd.O_RDWR | Fd.O_NOCTTY, "O_RDWR|O_NOCTTY"));
		for (int stream = 0; stream <= 2; stream++) {
			child.call("make it stream " + stream, SystemCall.DUP3, Arg.result(peer), Arg.number(stream),
					Arg.number(0));
		}
		child.call("close the other name of it", SystemCall.CLOSE, Arg.result(peer));
		size.ifPresent((given) -> child.call("set the size of the terminal", SystemCall.IOCTL, Arg.number(0),
				Arg.flags(TerminalSize.TIOCSWINSZ, "TIOCSWINSZ"), new Arg.Bytes(given.winsize(), given.toString())));
		child.call("give the terminal to the user", SystemCall.FCHOWN, Arg.number(0), Arg.number(uid), Arg.number(-1));
		signal(child, "offer the terminal", KeptDescriptor.TERMINAL_OFFERED);
		await(child, "wait until the keeper has it", KeptDescriptor.TERMINAL_ACCEPTED);
		child.call("let go of the terminal's controlling side", SystemCall.CLOSE, kept);
	}

	/**
	 * Adds the step by which the leader of a session makes the terminal the session's.
	 */
	static void planControl(LaunchPlan.Section child) {
		child.call("control the terminal", SystemCall.IOCTL, Arg.number(0), Arg.flags(TIOCSCTTY, "TIOCSCTTY"),
				Arg.number(0));
	}

	/** Adds the keeper's part, after the clone. */
	static void planKeeper(LaunchPlan.Builder plan, Step clone) {
		LaunchPlan.Section keeper = plan.keeper();
		await(keeper, "wait for the terminal", KeptDescriptor.TERMINAL_OFFERED);
		Step process = keeper.call("open the container's process", SystemCall.PIDFD_OPEN, Arg.result(clone),
				Arg.number(0));
		Step taken = keeper.call("take the terminal", SystemCall.PIDFD_GETFD, Arg.result(process),
				Arg.number(KeptDescriptor.TERMINAL.ordinal()), Arg.number(0));
		keeper.call("keep the terminal", SystemCall.DUP3, Arg.result(taken),
				Arg.number(KeptDescriptor.TERMINAL.ordinal()), Arg.flags(Fd.O_CLOEXEC, "O_CLOEXEC"));
		keeper.call("close the other name of it", SystemCall.CLOSE, Arg.result(taken));
		signal(keeper, "accept the terminal", KeptDescriptor.TERMINAL_ACCEPTED);
	}

	private static void signal(LaunchPlan.Section section, String purpose, KeptDescriptor event) {
		section.call(purpose, SystemCall.WRITE, LaunchFrame.kept(event), LaunchFrame.one(), Arg.number(Long.BYTES));
	}

	private static void await(LaunchPlan.Section section, String purpose, KeptDescriptor event) {
		section.call(purpose, SystemCall.READ, LaunchFrame.kept(event),
				new Arg.Output(event.descriptorName(), Long.BYTES), Arg.number(Long.BYTES));
	}

}
