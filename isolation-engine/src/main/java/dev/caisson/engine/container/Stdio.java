package dev.caisson.engine.container;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/**
 * The standard streams of a run that is about to begin. <pre>
 *            container     keeper (holds, does nothing)     service
 *  pipes     CHILD_STDIN   STDIN if it is to stay open      STDIN
 *            CHILD_STDOUT  STDOUT                           STDOUT
 *            CHILD_STDERR  STDERR                           STDERR
 *  terminal  all three     TERMINAL, RELAY_IN, RELAY_OUT     the same
 * </pre>
 *
 * What the keeper holds outlives this service: output waits in the pipes, and the next
 * service takes the descriptors back. The keeper must not hold the container's own ends,
 * or the end of output would never be seen; nor the writing end of a standard input whose
 * end the container shall see when its one client has gone.
 * <p>
 * A terminal is made by the launch. Its output cannot be moved into a file by one system
 * call, but into a pipe it can; so the keeper holds the two ends of such a relay pipe,
 * too.
 */
final class Stdio implements AutoCloseable {

	/** Of fcntl.h: bytes that a pipe may hold; four times the default. */
	private static final int F_SETPIPE_SZ = 1031, PIPE_SIZE = 256 << 10;

	private final boolean terminal;

	private final boolean keepInputOpen;

	private final Map<KeptDescriptor, Fd> containerEnds = new EnumMap<>(KeptDescriptor.class);

	private final Map<KeptDescriptor, Fd> serviceEnds = new EnumMap<>(KeptDescriptor.class);

	private @Nullable TerminalSize terminalSize;

	private Stdio(boolean terminal, boolean keepInputOpen) {
		this.terminal = terminal;
		this.keepInputOpen = keepInputOpen;
	}

	/**
	 * Three pipes.
	 * @param openInput whether standard input is a pipe, not /dev/null
	 * @param keepInputOpen whether it stays open when its writers have gone
	 */
	static Stdio pipes(boolean openInput, boolean keepInputOpen) {
		Stdio stdio = new Stdio(false, openInput && keepInputOpen);
		try {
			if (openInput) {
				stdio.addPipe(KeptDescriptor.CHILD_STDIN, true, KeptDescriptor.STDIN);
			}
			else {
				stdio.containerEnds.put(KeptDescriptor.CHILD_STDIN, Fd.open(Path.of("/dev/null"), Fd.O_RDONLY));
			}
			stdio.addPipe(KeptDescriptor.CHILD_STDOUT, false, KeptDescriptor.STDOUT);
			stdio.addPipe(KeptDescriptor.CHILD_STDERR, false, KeptDescriptor.STDERR);
			return stdio;
		}
		catch (RuntimeException ex) {
			stdio.close();
			throw ex;
		}
	}

	/** A terminal, which the launch makes, and whose output goes into no file. */
	static Stdio plainTerminal(@Nullable TerminalSize size) {
		Stdio stdio = new Stdio(true, true);
		stdio.terminalSize = size;
		return stdio;
	}

	/** A terminal, which the launch makes; here is only its relay. */
	static Stdio terminal(@Nullable TerminalSize size) {
		Stdio stdio = plainTerminal(size);
		Fd[] relay = Fd.pipe(Fd.O_NONBLOCK, "relay");
		stdio.serviceEnds.put(KeptDescriptor.RELAY_OUT, relay[0]);
		stdio.serviceEnds.put(KeptDescriptor.RELAY_IN, relay[1]);
		return stdio;
	}

	private void addPipe(KeptDescriptor containerEnd, boolean input, KeptDescriptor serviceEnd) {
		Fd[] pipe = Fd.pipe(0, containerEnd.descriptorName());
		Fd ours = pipe[input ? 1 : 0];
		this.containerEnds.put(containerEnd, pipe[input ? 0 : 1]);
		this.serviceEnds.put(serviceEnd, ours);
		// of this end alone: the other is another open file, on which the container may
		// block
		EventLoop.setNonBlocking(ours);
		if (!input) {
			growPipe(ours);
		}
	}

	/** Best effort: above a limit per user, the kernel refuses. */
	private static void growPipe(Fd pipe) {
		Linux.attempt(SystemCall.FCNTL, pipe.number(), F_SETPIPE_SZ, PIPE_SIZE);
	}

	boolean isTerminal() {
		return this.terminal;
	}

	/** How large the terminal shall be; empty if nobody has said. */
	Optional<TerminalSize> terminalSize() {
		return Optional.ofNullable(this.terminalSize);
	}

	/** What becomes the container's 0, 1 and 2; empty for a terminal. */
	Map<KeptDescriptor, Fd> containerEnds() {
		return this.containerEnds;
	}

	/** What the keeper must hold until it is told to go. */
	Map<KeptDescriptor, Fd> kept() {
		Map<KeptDescriptor, Fd> kept = copy(this.serviceEnds);
		if (!this.keepInputOpen) {
			kept.remove(KeptDescriptor.STDIN);
		}
		return kept;
	}

	/** The service's ends, which are its own from now on. */
	Map<KeptDescriptor, Fd> takeServiceEnds() {
		Map<KeptDescriptor, Fd> taken = copy(this.serviceEnds);
		this.serviceEnds.clear();
		return taken;
	}

	private static Map<KeptDescriptor, Fd> copy(Map<KeptDescriptor, Fd> ends) {
		Map<KeptDescriptor, Fd> copy = new EnumMap<>(KeptDescriptor.class);
		copy.putAll(ends);
		return copy;
	}

	/** Closes the container's ends, and what nobody has taken. */
	@Override
	public void close() {
		this.containerEnds.values().forEach(Fd::close);
		this.serviceEnds.values().forEach(Fd::close);
	}

}
