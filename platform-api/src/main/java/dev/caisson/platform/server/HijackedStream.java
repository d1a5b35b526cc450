package dev.caisson.platform.server;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * A connection after HTTP: bytes both ways, either way may end before the other. One
 * thread may read while others write; a write is not torn by another. All calls block, a
 * virtual thread cheaply.
 */
public final class HijackedStream implements AutoCloseable {

	private final CompletableFuture<SocketWrapperBase<?>> socket = new CompletableFuture<>();

	private final ReentrantLock writing = new ReentrantLock();

	private final Object state = new Object();

	private int underWay;

	private boolean closed;

	private final Function<Runnable, ClientWatch.Watch> watcher;

	private final List<ClientWatch.Watch> watches = new CopyOnWriteArrayList<>();

	private final WebSocketFrames.Raw raw = new WebSocketFrames.Raw() {

		@Override
		public int read(ByteBuffer target) throws IOException {
			return readRaw(target);
		}

		@Override
		public void write(ByteBuffer first, ByteBuffer second) throws IOException {
			HijackedStream.this.write(first, second);
		}

	};

	/** Null without a WebSocket. */
	private volatile @Nullable WebSocketFrames frames;

	/**
	 * Makes a stream that waits for its connection.
	 * @param watcher starts a watch of the client
	 */
	HijackedStream(Function<Runnable, ClientWatch.Watch> watcher) {
		this.watcher = watcher;
	}

	/** Called when the answer has gone out: reading and writing may begin. */
	void open(SocketWrapperBase<?> wrapper) {
		if (!this.socket.complete(wrapper)) {
			// closed before it was open
			wrapper.close();
		}
	}

	/** Called when there will be no connection: whoever waits for it is told. */
	void fail(Exception reason) {
		this.socket.completeExceptionally(reason);
		close();
	}

	/** From now on both ways are in the frames of a WebSocket. */
	void frame() {
		this.frames = new WebSocketFrames();
	}

	/**
	 * Reads what is there, or waits for it.
	 * @return how many bytes; -1 when the client will send no more
	 * @throws IOException if the connection is broken or closed
	 */
	public int read(ByteBuffer target) throws IOException {
		WebSocketFrames framing = this.frames;
		return (framing != null) ? framing.read(target, this.raw) : readRaw(target);
	}

	private int readRaw(ByteBuffer target) throws IOException {
		SocketWrapperBase<?> wrapper = enter();
		try {
			return wrapper.read(true, target);
		}
		catch (EOFException ex) {
			return -1;
		}
		finally {
			leave(wrapper);
		}
	}

	/**
	 * Writes all of it.
	 * @throws IOException if the client has gone or the stream is closed
	 */
	public void write(ByteBuffer data) throws IOException {
		if (this.frames != null) {
			write(WebSocketFrames.header(data.remaining()), data);
		}
		else {
			write(data, null);
		}
	}

	/** Writes two buffers as one. */
	void write(ByteBuffer first, @Nullable ByteBuffer second) throws IOException {
		SocketWrapperBase<?> wrapper = enter();
		this.writing.lock();
		try {
			wrapper.write(true, first);
			if (second != null) {
				wrapper.write(true, second);
			}
			wrapper.flush(true);
		}
		finally {
			this.writing.unlock();
			leave(wrapper);
		}
	}

	/** Tells the client that no more will come; reading goes on. */
	public void closeOutput() throws IOException {
		SocketWrapperBase<?> wrapper = enter();
		try {
			channel(wrapper).shutdownOutput();
		}
		finally {
			leave(wrapper);
		}
	}

	/**
	 * Tells a WebSocket's client that the end is meant; others see it by the end itself.
	 */
	void sayGoodbye() throws IOException {
		if (this.frames != null) {
			write(WebSocketFrames.close(), null);
		}
	}

	/**
	 * Ends both ways, at once and for everybody: whoever is blocked in a read or write
	 * returns from it. Safe to repeat.
	 */
	@Override
	public void close() {
		this.socket.completeExceptionally(new ClosedChannelException());
		boolean idle;
		synchronized (this.state) {
			if (this.closed) {
				return;
			}
			this.closed = true;
			idle = (this.underWay == 0);
		}
		endWatches();
		if (!this.socket.isCompletedExceptionally()) {
			closeSocket(this.socket.join(), idle);
		}
	}

	/**
	 * Tomcat wakes nobody who waits for a socket that is closed; a shutdown does wake
	 * them, and then the last one to leave closes.
	 */
	private static void closeSocket(SocketWrapperBase<?> wrapper, boolean idle) {
		shutdown(wrapper);
		if (idle) {
			wrapper.close();
		}
	}

	/**
	 * Runs a task when the client has gone altogether, which is more than the end of its
	 * input: then {@link #read} returns -1, but it may still take output. Whoever waits
	 * for something else than the stream finds out by this. The stream is not closed by
	 * it. May be called before the answer has gone out.
	 */
	public void whenGone(Runnable task) {
		this.watches.add(this.watcher.apply(task));
		synchronized (this.state) {
			if (!this.closed) {
				return;
			}
		}
		endWatches();
	}

	private void endWatches() {
		this.watches.forEach(ClientWatch.Watch::close);
	}

	private static void shutdown(SocketWrapperBase<?> wrapper) {
		try {
			channel(wrapper).shutdownOutput();
			channel(wrapper).shutdownInput();
		}
		catch (IOException ex) {
			// the client went first: nothing is left to be told
		}
	}

	private SocketWrapperBase<?> enter() throws IOException {
		SocketWrapperBase<?> wrapper = awaitSocket();
		synchronized (this.state) {
			if (this.closed) {
				throw new ClosedChannelException();
			}
			this.underWay++;
		}
		return wrapper;
	}

	private void leave(SocketWrapperBase<?> wrapper) {
		boolean last;
		synchronized (this.state) {
			this.underWay--;
			last = this.closed && this.underWay == 0;
		}
		if (last) {
			wrapper.close();
		}
	}

	private SocketWrapperBase<?> awaitSocket() throws IOException {
		try {
			return this.socket.get();
		}
		catch (ExecutionException ex) {
			throw new IOException("the connection was not taken over", ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted before the connection was taken over", ex);
		}
	}

	private static SocketChannel channel(SocketWrapperBase<?> wrapper) throws ClosedChannelException {
		if (wrapper.getSocket() instanceof NioChannel channel && channel.isOpen()) {
			return channel.getIOChannel();
		}
		throw new ClosedChannelException();
	}

}
