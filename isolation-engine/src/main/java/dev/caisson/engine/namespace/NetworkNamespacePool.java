package dev.caisson.engine.namespace;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Network namespaces made ahead of need, loopback up: making one costs a launch most of a
 * millisecond. Each is known by a descriptor alone, so none outlives the service. One
 * platform thread makes them, for a namespace belongs to a thread. Safe for use by many
 * threads.
 */
public final class NetworkNamespacePool implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(NetworkNamespacePool.class);

	private final BlockingQueue<Fd> ready;

	private final Thread maker;

	private volatile boolean closed;

	/**
	 * Starts the pool.
	 * @param size how many wait; at least 1
	 */
	public NetworkNamespacePool(int size) {
		this.ready = new ArrayBlockingQueue<>(size);
		this.maker = Thread.ofPlatform().name("netns-pool").daemon().start(this::fill);
	}

	/** One that is ready, or nothing: then the launch makes its own. */
	public Optional<Fd> take() {
		return Optional.ofNullable(this.ready.poll());
	}

	private void fill() {
		try {
			while (!this.closed) {
				Fd made = make();
				try {
					this.ready.put(made);
				}
				catch (InterruptedException ex) {
					made.close();
				}
			}
		}
		catch (LinuxException ex) {
			logger.warn("no network namespaces are prepared, launches make their own: {}", ex.getMessage());
		}
	}

	private static Fd make() {
		Linux.call(SystemCall.UNSHARE, "network namespace", NamespaceKind.NET.flag());
		Loopback.up();
		return Fd.open(Path.of("/proc/thread-self/ns/net"), Fd.O_RDONLY);
	}

	/** Ends the thread and lets every waiting namespace go. */
	@Override
	public void close() {
		this.closed = true;
		this.maker.interrupt();
		try {
			this.maker.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.ready.forEach(Fd::close);
	}

}
