package dev.caisson.platform.server;

import java.lang.reflect.Method;
import java.util.function.Function;

import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices clients that go while nothing is sent to them. Reading does not tell: a client
 * that has only ended its input reads on, and both look like the end. The kernel does
 * tell them apart, by EPOLLHUP (see epoll_ctl(2)), which no selector of the JDK passes
 * on. Without it each client that was killed would keep a descriptor and a thread until
 * its container writes or ends. Safe for use by many threads.
 */
public final class ClientWatch {

	private static final Logger log = LoggerFactory.getLogger(ClientWatch.class);

	/** Duplicates must not take the numbers that others expect to be free. */
	private static final int LOWEST = 64;

	private static final @Nullable Method NUMBER = findNumber();

	private @Nullable EventLoop loop;

	ClientWatch() {
	}

	/**
	 * Watches the client of a request.
	 * @param task runs once, on a virtual thread, when the client has closed both ways
	 * @return ends the watch, which must happen before the request does
	 */
	public static Watch start(HttpServletRequest request, Runnable task) {
		return of(request).apply(task);
	}

	/** Starts watches of a request's client, also when the request has ended. */
	static Function<Runnable, Watch> of(HttpServletRequest request) {
		ClientWatch watch = ConnectionValve.watchOf(request);
		SocketWrapperBase<?> socket = UnixProtocol
			.socketOf(ConnectionValve.responseOf(request).getRequest().getCoyoteRequest());
		return (task) -> watch.start(socket, task);
	}

	private Watch start(@Nullable SocketWrapperBase<?> socket, Runnable task) {
		Fd descriptor = (socket != null) ? descriptor(socket) : null;
		return (descriptor != null) ? new HangUp(loop(), descriptor, task) : () -> {
		};
	}

	private synchronized EventLoop loop() {
		EventLoop current = this.loop;
		if (current == null) {
			current = new EventLoop("clients");
			this.loop = current;
		}
		return current;
	}

	synchronized void stop() {
		if (this.loop != null) {
			this.loop.close();
			this.loop = null;
		}
	}

	/**
	 * A duplicate of the socket's descriptor: the JDK closes its own when it likes, and
	 * the number may then be anybody's.
	 */
	static @Nullable Fd descriptor(SocketWrapperBase<?> socket) {
		if (NUMBER == null || !(socket.getSocket() instanceof NioChannel channel)) {
			return null;
		}
		try {
			int number = (Integer) NUMBER.invoke(channel.getIOChannel());
			// not closed: it is the JDK's
			return new Fd(number, "client").duplicate(LOWEST);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			log.debug("client cannot be watched", ex);
			return null;
		}
	}

	/** The JDK knows the number, but tells only packages that it is opened to. */
	private static @Nullable Method findNumber() {
		try {
			Class<?> channel = Class.forName("sun.nio.ch.SelChImpl");
			if (!channel.getModule().isExported(channel.getPackageName(), ClientWatch.class.getModule())) {
				log.warn("clients that vanish are noticed late: run with --add-exports java.base/{}=ALL-UNNAMED",
						channel.getPackageName());
				return null;
			}
			return channel.getMethod("getFDVal");
		}
		catch (ReflectiveOperationException ex) {
			log.warn("clients that vanish are noticed late: this JDK hides its descriptors", ex);
			return null;
		}
	}

	/** A watch under way. */
	@FunctionalInterface
	public interface Watch extends AutoCloseable {

		/** Ends it; safe to repeat. The task may be running. */
		@Override
		void close();

	}

	/** Waits for a hangup alone. */
	private static final class HangUp implements Watch {

		private final Fd descriptor;

		private final EventLoop.Watch watch;

		private boolean ended;

		HangUp(EventLoop loop, Fd descriptor, Runnable task) {
			this.descriptor = descriptor;
			synchronized (this) {
				this.watch = loop.watch(descriptor, EventLoop.ERROR, (events) -> {
					if (end()) {
						Thread.startVirtualThread(task);
					}
				});
			}
		}

		@Override
		public void close() {
			end();
		}

		/** Whether it was still under way. */
		private synchronized boolean end() {
			if (this.ended) {
				return false;
			}
			this.ended = true;
			this.watch.close();
			this.descriptor.close();
			return true;
		}

	}

}
