package dev.caisson.engine.network;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.linux.SystemCall;

/**
 * Opens sockets in network namespaces that others made. A thread that has entered one
 * stays there, so this is one platform thread of its own. Safe for use by many threads.
 */
final class NamespaceVisitor implements AutoCloseable {

	/** Of linux/sched.h. */
	static final int CLONE_NEWNET = 0x40000000;

	private final ExecutorService visitor = Executors
		.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("netns-visitor").factory());

	/**
	 * Opens a socket in a namespace that somebody else made, and brings its loopback up.
	 * @param namespace becomes the result's
	 */
	PreparedNamespace adopt(Fd namespace) {
		try {
			return new PreparedNamespace(namespace, visit(namespace), null, 0);
		}
		catch (RuntimeException ex) {
			namespace.close();
			throw ex;
		}
	}

	private NetlinkSocket visit(Fd namespace) {
		Future<NetlinkSocket> visit = this.visitor.submit(() -> {
			Linux.call(SystemCall.SETNS, namespace.name(), namespace.number(), CLONE_NEWNET);
			return openInside();
		});
		// also for one who is interrupted: the visit is short, and its socket must not be
		// lost
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return visit.get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : new IllegalStateException(ex);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	static NetlinkSocket openInside() {
		NetlinkSocket inside = NetlinkSocket.open(NetlinkSocket.ROUTE);
		try {
			inside.execute(Links.set("lo", true, "bring up"));
			return inside;
		}
		catch (RuntimeException ex) {
			inside.close();
			throw ex;
		}
	}

	@Override
	public void close() {
		this.visitor.shutdown();
	}

}
