package dev.caisson.engine.network.dns;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: a question, its answer, the next question, each after its length in two
 * bytes (RFC 7766). While a question is being answered nothing is read. Used by the
 * loop's thread.
 */
final class TcpConnection implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);

	private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

	/** Bytes. */
	private static final int LENGTH = 2, LONGEST_QUESTION = 1500, LONGEST_ANSWER = 65_535;

	/** Of sys/socket.h. */
	private static final int MSG_NOSIGNAL = 0x4000;

	private final EventLoop loop;

	private final Fd socket;

	private final Asker asker;

	private final Consumer<TcpConnection> closing;

	private final EventLoop.Watch watch;

	private final ByteBuffer in = ByteBuffer.allocate(LENGTH + LONGEST_QUESTION);

	private @Nullable ByteBuffer out;

	private boolean answering;

	private EventLoop.Timer silence;

	private boolean closed;

	TcpConnection(EventLoop loop, Fd socket, Asker asker, Consumer<TcpConnection> closing) {
		this.loop = loop;
		this.socket = socket;
		this.asker = asker;
		this.closing = closing;
		this.silence = loop.schedule(LONGEST_SILENCE, this::close);
		this.watch = loop.watch(socket, EventLoop.READABLE, (_) -> ready());
	}

	private void ready() {
		if (this.out != null) {
			write(this.out);
		}
		else if (!this.answering) {
			read();
		}
	}

	private void read() {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocate(this.in.remaining());
			long count = this.socket.read(buffer);
			if (count == -Errno.EAGAIN.number()) {
				return;
			}
			if (count <= 0) {
				close();
				return;
			}
			this.in.put(buffer.asSlice(0, count).asByteBuffer());
		}
		next();
	}

	/** Takes the next question up if it is complete. */
	private void next() {
		int length = (this.in.position() < LENGTH) ? 0 : this.in.getShort(0) & 0xffff;
		if (length > LONGEST_QUESTION) {
			close();
		}
		else if (this.in.position() >= LENGTH && this.in.position() >= LENGTH + length) {
			byte[] bytes = Arrays.copyOfRange(this.in.array(), LENGTH, LENGTH + length);
			this.in.flip().position(LENGTH + length);
			this.in.compact();
			this.answering = true;
			this.watch.want(0);
			handle(bytes);
		}
	}

	private void handle(byte[] bytes) {
		try {
			Question.read(bytes)
				.ifPresentOrElse(this::answer, () -> Question.refusal(bytes).ifPresentOrElse(this::send, this::close));
		}
		catch (RuntimeException ex) {
			LOG.debug("a question of container {} is not answered", this.asker.id(), ex);
			close();
		}
	}

	private void answer(Question question) {
		this.asker.ask(question).thenAccept((answer) -> {
			byte[] bytes = answer.toWire(LONGEST_ANSWER);
			this.loop.later(() -> send(bytes));
		});
	}

	private void send(byte[] bytes) {
		if (!this.closed) {
			ByteBuffer framed = ByteBuffer.allocate(LENGTH + bytes.length)
				.putShort((short) bytes.length)
				.put(bytes)
				.flip();
			this.out = framed;
			write(framed);
		}
	}

	private void write(ByteBuffer bytes) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocate(bytes.remaining());
			buffer.copyFrom(MemorySegment.ofBuffer(bytes));
			long count = Linux.attempt(SystemCall.SENDTO, this.socket.number(), buffer.address(), buffer.byteSize(),
					MSG_NOSIGNAL, 0, 0);
			if (count < 0 && count != -Errno.EAGAIN.number()) {
				close();
				return;
			}
			bytes.position(bytes.position() + (int) Math.max(0, count));
		}
		if (bytes.hasRemaining()) {
			this.watch.want(EventLoop.WRITABLE);
		}
		else {
			written();
		}
	}

	private void written() {
		this.out = null;
		this.answering = false;
		this.silence.cancel();
		this.silence = this.loop.schedule(LONGEST_SILENCE, this::close);
		this.watch.want(EventLoop.READABLE);
		// it may have come together with the last one
		this.loop.later(() -> {
			if (!this.closed && !this.answering) {
				next();
			}
		});
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.silence.cancel();
			this.watch.close();
			this.socket.close();
			this.closing.accept(this);
		}
	}

}
