package dev.caisson.engine.network;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Network namespaces made ahead of need, loopback up, perhaps with a veth pair: making
 * them costs a launch milliseconds. Each is known by descriptors alone, so it goes with
 * the service, and its veth with it. A namespace belongs to a thread: so one platform
 * thread makes them. Safe for use by many threads.
 */
final class NamespacePool implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(NamespacePool.class);

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(20), AFTER_FAILURE = Duration.ofSeconds(1);

	private final NetlinkSocket host;

	private final BlockingQueue<PreparedNamespace> ready;

	private final Thread maker;

	private final boolean withVeth;

	private volatile boolean closed;

	private volatile @Nullable LinuxException failure;

	/**
	 * Starts the pool.
	 * @param host rtnetlink where the other ends of the veths shall be
	 * @param size how many wait; at least 1
	 * @param withVeth whether a veth pair is made with each
	 */
	NamespacePool(NetlinkSocket host, int size, boolean withVeth) {
		this.host = host;
		this.withVeth = withVeth;
		this.ready = new ArrayBlockingQueue<>(size);
		this.maker = Thread.ofPlatform().name("netns-pool").daemon().start(this::fill);
	}

	/** One that is ready, or the next one to be. It is the caller's. */
	PreparedNamespace take() {
		try {
			PreparedNamespace prepared = this.ready.poll(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
			if (prepared != null) {
				return prepared;
			}
			LinuxException why = this.failure;
			throw (why != null) ? why : new LinuxException("wait for", "a network namespace", Errno.ETIMEDOUT);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LinuxException("wait for", "a network namespace", Errno.EINTR);
		}
	}

	private void fill() {
		while (!this.closed) {
			try {
				put(make());
				this.failure = null;
			}
			catch (LinuxException ex) {
				if (this.failure == null && !this.closed) {
					LOG.warn("no network namespaces can be prepared: {}", ex.getMessage());
				}
				this.failure = ex;
				LockSupport.parkNanos(AFTER_FAILURE.toNanos());
			}
		}
	}

	private void put(PreparedNamespace made) {
		try {
			this.ready.put(made);
		}
		catch (InterruptedException ex) {
			drop(made);
		}
	}

	private PreparedNamespace make() {
		Linux.call(SystemCall.UNSHARE, "network namespace", NamespaceVisitor.CLONE_NEWNET);
		Fd namespace = Fd.open(Path.of("/proc/thread-self/ns/net"), Fd.O_RDONLY);
		try {
			NetlinkSocket inside = NamespaceVisitor.openInside();
			try {
				return this.withVeth ? makeVeth(namespace, inside) : new PreparedNamespace(namespace, inside, null, 0);
			}
			catch (RuntimeException ex) {
				inside.close();
				throw ex;
			}
		}
		catch (RuntimeException ex) {
			namespace.close();
			throw ex;
		}
	}

	private PreparedNamespace makeVeth(Fd namespace, NetlinkSocket inside) {
		String name = VethName.random();
		this.host.execute(Links.veth(name, PreparedNamespace.FIRST_DEVICE, namespace));
		int index = Links.find(inside, PreparedNamespace.FIRST_DEVICE).orElseThrow().index();
		return new PreparedNamespace(namespace, inside, name, index);
	}

	/** The end of a namespace takes its veth with it, but some time later. */
	private void drop(PreparedNamespace unused) {
		if (unused.device() != null) {
			try {
				this.host.execute(Links.delete(unused.device()));
			}
			catch (LinuxException ex) {
				LOG.debug("veth {} was gone already", unused.device(), ex);
			}
		}
		unused.close();
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
		this.ready.forEach(this::drop);
		this.ready.clear();
	}

}
