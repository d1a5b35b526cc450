package dev.caisson.platform.server;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;

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

	HijackedStream() {
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
	}

	/**
	 * Reads what is there, or waits for it.
	 * @return how many bytes; -1 when the client will send no more
	 * @throws IOException if the connection is broken or closed
	 */
	public int read(ByteBuffer target) throws IOException {
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
		write(data, null);
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
	 * Ends both ways, at once and for everybody: whoever is blocked in a read or write
	 * returns from it. Safe to repeat.
	 */
	@Override
	public void close() {
		this.socket.completeExceptionally(new ClosedChannelException());
		if (this.socket.isCompletedExceptionally()) {
			return;
		}
		SocketWrapperBase<?> wrapper = this.socket.join();
		boolean last;
		synchronized (this.state) {
			if (this.closed) {
				return;
			}
			this.closed = true;
			last = (this.underWay == 0);
		}
		// Tomcat wakes nobody who waits for a socket that is closed; a shutdown does wake
		// them, and the last one to leave closes
		shutdown(wrapper);
		if (last) {
			wrapper.close();
		}
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
