package dev.caisson.engine.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A socket of netlink(7), in the network namespace of the thread that opened it, from
 * whichever thread it is used. Safe for use by many threads: one request at a time.
 */
public final class NetlinkSocket implements AutoCloseable {

	/** Of linux/netlink.h. */
	public static final int ROUTE = 0, SOCK_DIAG = 4, NETFILTER = 12;

	/** Of sys/socket.h. */
	private static final int AF_NETLINK = 16, SOCK_RAW = 3, SOL_SOCKET = 1, SO_RCVBUF = 8, SOL_NETLINK = 270;

	/** Of linux/netlink.h. */
	private static final int ADD_MEMBERSHIP = 1, CAP_ACK = 10, STRICT_CHECK = 12, ERROR = 2, DONE = 3;

	private static final int RECEIVE_SIZE = 1 << 16, ACK_SIZE = 1 << 13;

	/** sizeof struct sockaddr_nl. */
	private static final int SOCKADDR_SIZE = 12;

	private static final int MSG_DONTWAIT = 0x40;

	private final Fd socket;

	private int sequence = 1;

	private NetlinkSocket(Fd socket) {
		this.socket = socket;
	}

	/** Opens one in the network namespace of this thread. */
	public static NetlinkSocket open(int protocol) {
		Fd socket = new Fd(
				Linux.call(SystemCall.SOCKET, "netlink " + protocol, AF_NETLINK, SOCK_RAW | Fd.O_CLOEXEC, protocol),
				"netlink " + protocol);
		NetlinkSocket opened = new NetlinkSocket(socket);
		// an error answers the header of the request alone, not all of it
		opened.option(SOL_NETLINK, CAP_ACK, 1);
		opened.option(SOL_NETLINK, STRICT_CHECK, 1);
		return opened;
	}

	/**
	 * Opens one that receives what the kernel tells of, see {@link #receive}.
	 * @param groups of the protocol, such as RTNLGRP_LINK
	 */
	public static NetlinkSocket subscribe(int protocol, int... groups) {
		NetlinkSocket opened = open(protocol);
		opened.option(SOL_SOCKET, SO_RCVBUF, 1 << 20);
		opened.bind();
		for (int group : groups) {
			opened.option(SOL_NETLINK, ADD_MEMBERSHIP, group);
		}
		return opened;
	}

	public Fd descriptor() {
		return this.socket;
	}

	/** The kernel tells nobody who has no address, and chooses one for whoever asks. */
	private void bind() {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment address = arena.allocate(SOCKADDR_SIZE, 4);
			address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
			Linux.call(SystemCall.BIND, this.socket.name(), this.socket.number(), address.address(), SOCKADDR_SIZE);
		}
	}

	private void option(int level, int name, int value) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_INT, value);
			Linux.call(SystemCall.SETSOCKOPT, this.socket.name(), this.socket.number(), level, name, memory.address(),
					4);
		}
	}

	/** As {@link #execute(List)}. */
	public void execute(NetlinkMessage... messages) {
		execute(List.of(messages));
	}

	/**
	 * Sends messages in one call; the kernel does them in their order, all of them even
	 * if one fails.
	 * @throws LinuxException naming the first that failed
	 */
	public synchronized void execute(List<NetlinkMessage> messages) {
		if (messages.isEmpty()) {
			return;
		}
		int first = this.sequence;
		send(messages, true);
		LinuxException failure = null;
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment memory = arena.allocate(ACK_SIZE, 8);
			for (int answered = 0; answered < messages.size();) {
				ByteBuffer received = receive(memory, 0);
				while (received.remaining() >= NetlinkMessage.HEADER) {
					Header header = Header.next(received);
					int index = header.sequence - first;
					if (header.type == ERROR && index >= 0 && index < messages.size()) {
						failure = first(failure, messages.get(index), header.body.getInt(0));
						answered++;
					}
				}
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

	private static @Nullable LinuxException first(@Nullable LinuxException earlier, NetlinkMessage message, int error) {
		if (error == 0 || earlier != null) {
			return earlier;
		}
		return new LinuxException("netlink", message.purpose(), Errno.of(-error));
	}

	/**
	 * Asks for all objects of a kind, or one of them.
	 * @param fixedSize of the family's struct that precedes the attributes
	 * @throws LinuxException if the kernel refuses
	 */
	public synchronized List<NetlinkAttributes> query(NetlinkMessage message, int fixedSize) {
		int asked = this.sequence;
		send(List.of(message), false);
		List<NetlinkAttributes> found = new ArrayList<>();
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment memory = arena.allocate(RECEIVE_SIZE, 8);
			for (boolean more = true; more;) {
				ByteBuffer received = receive(memory, 0);
				while (received.remaining() >= NetlinkMessage.HEADER) {
					Header header = Header.next(received);
					if (header.sequence == asked) {
						more = collect(message, header, fixedSize, found);
					}
				}
			}
		}
		return found;
	}

	/** Answers whether more is to come. */
	private static boolean collect(NetlinkMessage message, Header header, int fixedSize,
			List<NetlinkAttributes> found) {
		if (header.type == DONE) {
			return false;
		}
		if (header.type == ERROR) {
			int error = header.body.getInt(0);
			if (error != 0) {
				throw new LinuxException("netlink", message.purpose(), Errno.of(-error));
			}
			return false;
		}
		found.add(header.attributes(fixedSize));
		return (header.flags & NetlinkMessage.MULTI) != 0;
	}

	/**
	 * What has been told of and not been received yet; does not block.
	 * @param fixedSize of the family's struct that precedes the attributes
	 * @throws LinuxException ENOBUFS if some was lost
	 */
	public synchronized List<NetlinkAttributes> receive(int fixedSize) {
		List<NetlinkAttributes> found = new ArrayList<>();
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment memory = arena.allocate(RECEIVE_SIZE, 8);
			for (ByteBuffer next = receive(memory, MSG_DONTWAIT); next
				.hasRemaining(); next = receive(memory, MSG_DONTWAIT)) {
				while (next.remaining() >= NetlinkMessage.HEADER) {
					found.add(Header.next(next).attributes(fixedSize));
				}
			}
		}
		return found;
	}

	private void send(List<NetlinkMessage> messages, boolean acknowledged) {
		List<ByteBuffer> all = new ArrayList<>();
		int size = 0;
		for (NetlinkMessage message : messages) {
			ByteBuffer bytes = message.bytes(this.sequence++, acknowledged);
			size += bytes.remaining();
			all.add(bytes);
		}
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment memory = arena.allocate(size, 8);
			ByteBuffer target = memory.asByteBuffer();
			all.forEach(target::put);
			Linux.call(SystemCall.SENDTO, messages.getFirst().purpose(), this.socket.number(), memory.address(), size,
					0, 0, 0);
		}
	}

	private ByteBuffer receive(MemorySegment memory, int flags) {
		long count = Linux.attempt(SystemCall.RECVFROM, this.socket.number(), memory.address(), memory.byteSize(),
				flags, 0, 0);
		if (count == -Errno.EAGAIN.number() && flags == MSG_DONTWAIT) {
			count = 0;
		}
		if (count == -Errno.EINTR.number()) {
			return receive(memory, flags);
		}
		if (count < 0) {
			throw new LinuxException("recvfrom", this.socket.name(), Errno.of(-count));
		}
		return memory.asSlice(0, count).asByteBuffer().order(ByteOrder.nativeOrder());
	}

	@Override
	public void close() {
		this.socket.close();
	}

	/** struct nlmsghdr and what follows it. */
	private record Header(int type, int flags, int sequence, ByteBuffer body) {

		static Header next(ByteBuffer from) {
			int start = from.position();
			int length = Math.clamp(from.getInt(start), NetlinkMessage.HEADER, from.remaining());
			ByteBuffer body = from.slice(start + NetlinkMessage.HEADER, length - NetlinkMessage.HEADER)
				.order(ByteOrder.nativeOrder());
			Header header = new Header(Short.toUnsignedInt(from.getShort(start + 4)),
					Short.toUnsignedInt(from.getShort(start + 6)), from.getInt(start + 8), body);
			from.position(Math.min(start + ((length + 3) & ~3), from.limit()));
			return header;
		}

		/** A copy: the memory it was received in does not last. */
		NetlinkAttributes attributes(int fixedSize) {
			byte[] bytes = new byte[this.body.remaining()];
			this.body.get(this.body.position(), bytes);
			return new NetlinkAttributes(this.type, ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()), fixedSize);
		}

	}

}
