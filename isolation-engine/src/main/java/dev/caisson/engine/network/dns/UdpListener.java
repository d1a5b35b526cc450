package dev.caisson.engine.network.dns;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;

/**
 * Questions of one container that come as datagrams. One that asks too much is not
 * listened to for a moment: what the kernel's buffer does not hold then is lost. Used by
 * the loop's thread.
 */
final class UdpListener implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(UdpListener.class);

	/**
	 * Bytes; a question is never that long, and what is longer is cut off and refused.
	 */
	private static final int LONGEST = 1500;

	/** Then other containers have their turn. */
	private static final int MOST_AT_ONCE = 32;

	/** Of sys/socket.h, and sizeof(struct sockaddr_in). */
	private static final int MSG_DONTWAIT = 0x40, ADDRESS_SIZE = 16;

	private final EventLoop loop;

	private final Fd socket;

	private final Asker asker;

	private final Allowance allowance = new Allowance(System.nanoTime());

	private final EventLoop.Watch watch;

	private boolean closed;

	UdpListener(EventLoop loop, Fd socket, Asker asker) {
		this.loop = loop;
		this.socket = socket;
		this.asker = asker;
		this.watch = loop.watch(socket, EventLoop.READABLE, (_) -> read());
	}

	private void read() {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocate(LONGEST);
			MemorySegment sender = arena.allocate(ADDRESS_SIZE, 4);
			MemorySegment senderSize = arena.allocate(ValueLayout.JAVA_INT);
			for (int i = 0; i < MOST_AT_ONCE && !this.closed; i++) {
				if (!this.allowance.take(System.nanoTime())) {
					pause();
					return;
				}
				senderSize.set(ValueLayout.JAVA_INT, 0, ADDRESS_SIZE);
				long length = Linux.attempt(SystemCall.RECVFROM, this.socket.number(), buffer.address(), LONGEST,
						MSG_DONTWAIT, sender.address(), senderSize.address());
				if (length < 0) {
					return;
				}
				handle(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), sender.toArray(ValueLayout.JAVA_BYTE));
			}
		}
	}

	private void pause() {
		this.watch.want(0);
		this.loop.schedule(Allowance.pause(), () -> {
			if (!this.closed) {
				this.watch.want(EventLoop.READABLE);
			}
		});
	}

	private void handle(byte[] bytes, byte[] sender) {
		try {
			Question.read(bytes)
				.ifPresentOrElse((question) -> answer(question, sender),
						() -> Question.refusal(bytes).ifPresent((refusal) -> send(refusal, sender)));
		}
		catch (RuntimeException ex) {
			LOG.debug("a question of container {} is not answered", this.asker.id(), ex);
		}
	}

	private void answer(Question question, byte[] sender) {
		this.asker.ask(question).thenAccept((answer) -> {
			byte[] bytes = wire(question, answer);
			this.loop.execute(() -> send(bytes, sender));
		});
	}

	private static byte[] wire(Question question, Message answer) {
		return answer.toWire(question.largestAnswer());
	}

	/** What does not fit into the buffer is lost: whoever asked asks again. */
	private void send(byte[] bytes, byte[] receiver) {
		if (this.closed) {
			return;
		}
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
			MemorySegment address = arena.allocate(ADDRESS_SIZE, 4);
			MemorySegment.copy(receiver, 0, address, ValueLayout.JAVA_BYTE, 0, receiver.length);
			Linux.attempt(SystemCall.SENDTO, this.socket.number(), buffer.address(), bytes.length, MSG_DONTWAIT,
					address.address(), ADDRESS_SIZE);
		}
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.watch.close();
			this.socket.close();
		}
	}

}
