package dev.caisson.engine.container;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/**
 * The standard streams of a run that is about to begin.
 *
 * <pre>
 *                    container            keeper (holds, does nothing)    service
 *  pipes     stdin   reads  {@link #STDIN}         {@link #INPUT} if keepInputOpen         INPUT
 *            stdout  writes {@link #STDOUT}        {@link #OUTPUT}                         OUTPUT
 *            stderr  writes {@link #STDERR}        {@link #ERRORS}                         ERRORS
 *  terminal  all     /dev/pts/0           {@link #TERMINAL}, {@link #RELAY_IN}, {@link #RELAY_OUT}  the same
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

	/** Names of the ends that become the container's descriptors 0, 1 and 2. */
	static final String STDIN = "stdin", STDOUT = "stdout", STDERR = "stderr";

	/** Names of the ends that the service has, and that the keeper holds. */
	static final String INPUT = "input", OUTPUT = "output", ERRORS = "errors", TERMINAL = "terminal",
			RELAY_IN = "relay-in", RELAY_OUT = "relay-out";

	/** Of fcntl.h: bytes that a pipe may hold; four times the default. */
	private static final int F_SETPIPE_SZ = 1031, PIPE_SIZE = 256 << 10;

	private final boolean terminal;

	private final boolean keepInputOpen;

	private final Map<String, Fd> containerEnds = new LinkedHashMap<>();

	private final Map<String, Fd> serviceEnds = new LinkedHashMap<>();

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
				stdio.addPipe(STDIN, true, INPUT);
			}
			else {
				stdio.containerEnds.put(STDIN, Fd.open(Path.of("/dev/null"), Fd.O_RDONLY));
			}
			stdio.addPipe(STDOUT, false, OUTPUT);
			stdio.addPipe(STDERR, false, ERRORS);
			return stdio;
		}
		catch (RuntimeException ex) {
			stdio.close();
			throw ex;
		}
	}

	/** A terminal, which the launch makes; here is only its relay. */
	static Stdio terminal() {
		Stdio stdio = new Stdio(true, true);
		Fd[] relay = Fd.pipe(Fd.O_NONBLOCK, "relay");
		stdio.serviceEnds.put(RELAY_OUT, relay[0]);
		stdio.serviceEnds.put(RELAY_IN, relay[1]);
		return stdio;
	}

	private void addPipe(String containerEnd, boolean input, String serviceEnd) {
		Fd[] pipe = Fd.pipe(0, containerEnd);
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

	/** What becomes the container's 0, 1 and 2, by name; empty for a terminal. */
	Map<String, Fd> containerEnds() {
		return this.containerEnds;
	}

	/** What the keeper must hold until it is told to go, by name. */
	Map<String, Fd> kept() {
		Map<String, Fd> kept = new LinkedHashMap<>(this.serviceEnds);
		if (!this.keepInputOpen) {
			kept.remove(INPUT);
		}
		return kept;
	}

	/** The service's ends, which are its own from now on. */
	Map<String, Fd> takeServiceEnds() {
		Map<String, Fd> taken = new LinkedHashMap<>(this.serviceEnds);
		this.serviceEnds.clear();
		return taken;
	}

	/** Closes the container's ends, and what nobody has taken. */
	@Override
	public void close() {
		this.containerEnds.values().forEach(Fd::close);
		this.serviceEnds.values().forEach(Fd::close);
	}

}
