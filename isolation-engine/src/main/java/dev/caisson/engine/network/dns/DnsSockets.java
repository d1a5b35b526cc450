package dev.caisson.engine.network.dns;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * Makes the sockets on which a container's questions arrive. A socket belongs for ever to
 * the network namespace of the thread that makes it: so one platform thread goes into the
 * container's for a moment. Whatever arrives on them comes from that container and from
 * nobody else. Safe for use by many threads.
 */
final class DnsSockets implements AutoCloseable {

	private static final byte[] RULES = RedirectRules.batch();

	/** Of sched.h. */
	private static final int CLONE_NEWNET = 0x40000000;

	/** Of sys/socket.h and linux/netlink.h. */
	private static final int AF_INET = 2, AF_NETLINK = 16, SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3,
			NETLINK_NETFILTER = 12, SOL_SOCKET = 1, SO_REUSEADDR = 2;

	private static final int SOCKET_FLAGS = Fd.O_CLOEXEC | Fd.O_NONBLOCK;

	private static final int BACKLOG = 16;

	/** Of linux/netlink.h: struct nlmsghdr, then the error number. */
	private static final int NLMSG_ERROR = 2, NLMSG_ERROR_TYPE = 4, NLMSG_ERROR_NUMBER = 16;

	private final Fd home = Fd.open(Path.of("/proc/self/ns/net"), Fd.O_RDONLY);

	private final ExecutorService visitor = Executors
		.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("caisson-dns-sockets").factory());

	/**
	 * Makes the pair in a network namespace whose loopback device is up, and leads
	 * 127.0.0.11:53 to it.
	 * @throws LinuxException if the kernel refuses; nothing is left then
	 */
	Pair open(Fd namespace) {
		try {
			return this.visitor.submit(inside(namespace)).get();
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof LinuxException refusal) ? refusal
					: new IllegalStateException("open the sockets of a container's names", ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LinuxException("wait for", "the sockets of a container's names", Errno.EINTR);
		}
	}

	private Callable<Pair> inside(Fd namespace) {
		return () -> {
			Linux.call(SystemCall.SETNS, namespace.name(), namespace.number(), CLONE_NEWNET);
			try {
				return pair();
			}
			finally {
				Linux.call(SystemCall.SETNS, "network namespace of the service", this.home.number(), CLONE_NEWNET);
			}
		};
	}

	private static Pair pair() {
		Fd udp = socket(SOCK_DGRAM, "names by UDP");
		Fd tcp = null;
		try {
			bind(udp);
			tcp = socket(SOCK_STREAM, "names by TCP");
			reuseAddress(tcp);
			bind(tcp);
			Linux.call(SystemCall.LISTEN, tcp.name(), tcp.number(), BACKLOG);
			redirect();
			return new Pair(udp, tcp);
		}
		catch (RuntimeException ex) {
			udp.close();
			if (tcp != null) {
				tcp.close();
			}
			throw ex;
		}
	}

	private static Fd socket(int type, String name) {
		return new Fd(Linux.call(SystemCall.SOCKET, name, AF_INET, type | SOCKET_FLAGS, 0), name);
	}

	/** Connections of an earlier service may still be in TIME_WAIT. */
	private static void reuseAddress(Fd socket) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
			Linux.call(SystemCall.SETSOCKOPT, socket.name(), socket.number(), SOL_SOCKET, SO_REUSEADDR, one.address(),
					one.byteSize());
		}
	}

	private static void bind(Fd socket) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment address = arena.allocate(16, 4);
			address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
			// port and address in network order
			address.asSlice(2).asByteBuffer().putShort((short) RedirectRules.PORT).put(new byte[] { 127, 0, 0, 11 });
			Linux.call(SystemCall.BIND, socket.name() + " on 127.0.0.11:" + RedirectRules.PORT, socket.number(),
					address.address(), address.byteSize());
		}
	}

	private static void redirect() {
		try (Fd netlink = new Fd(
				Linux.call(SystemCall.SOCKET, "nfnetlink", AF_NETLINK, SOCK_RAW | SOCKET_FLAGS, NETLINK_NETFILTER),
				"nfnetlink"); Arena arena = Arena.ofConfined()) {
			MemorySegment batch = arena.allocateFrom(ValueLayout.JAVA_BYTE, RULES);
			Linux.call(SystemCall.SENDTO, "nft rules of the names", netlink.number(), batch.address(), batch.byteSize(),
					0, 0, 0);
			MemorySegment answer = arena.allocate(8192, 4);
			check(answer.asByteBuffer().order(java.nio.ByteOrder.nativeOrder()), netlink.read(answer));
		}
	}

	/** The kernel works a batch off before sendto(2) returns. */
	private static void check(ByteBuffer answer, long length) {
		if (length < NLMSG_ERROR_NUMBER + 4 || answer.getShort(NLMSG_ERROR_TYPE) != NLMSG_ERROR) {
			throw new LinuxException("nft", "rules of the names", Errno.of(Math.max(1, -length)),
					"the kernel does not acknowledge them");
		}
		int error = answer.getInt(NLMSG_ERROR_NUMBER);
		if (error != 0) {
			throw new LinuxException("nft", "rules of the names", Errno.of(-error));
		}
	}

	@Override
	public void close() {
		this.visitor.shutdown();
		try {
			this.visitor.awaitTermination(5, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.home.close();
	}

	/**
	 * Where one container's questions arrive.
	 *
	 * @param udp bound
	 * @param tcp listens
	 */
	record Pair(Fd udp, Fd tcp) implements AutoCloseable {

		@Override
		public void close() {
			this.udp.close();
			this.tcp.close();
		}

	}

}
