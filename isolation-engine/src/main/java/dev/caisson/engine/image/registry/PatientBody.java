package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * An answer's body as a stream that fails when the server is silent for too long; the
 * JDK's waits for ever. A few buffers of some kilobytes are fetched ahead. For one
 * reader.
 */
final class PatientBody extends InputStream implements BodySubscriber<InputStream> {

	private static final int AHEAD = 8;

	/** Marks the end, with the failure if there was one. */
	private static final class End {

		private final @Nullable Throwable failure;

		End(@Nullable Throwable failure) {
			this.failure = failure;
		}

	}

	private final Duration patience;

	private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();

	private final Deque<ByteBuffer> current = new ArrayDeque<>();

	private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

	private @Nullable End end;

	PatientBody(Duration patience) {
		this.patience = patience;
	}

	@Override
	public CompletionStage<InputStream> getBody() {
		return CompletableFuture.completedStage(this);
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		this.subscription.complete(subscription);
		subscription.request(AHEAD);
	}

	@Override
	public void onNext(List<ByteBuffer> buffers) {
		this.arrived.add(buffers);
	}

	@Override
	public void onError(Throwable failure) {
		this.arrived.add(new End(failure));
	}

	@Override
	public void onComplete() {
		this.arrived.add(new End(null));
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		while (this.current.isEmpty()) {
			if (!advance()) {
				return -1;
			}
		}
		ByteBuffer buffer = this.current.getFirst();
		int count = Math.min(length, buffer.remaining());
		buffer.get(bytes, offset, count);
		if (!buffer.hasRemaining()) {
			this.current.removeFirst();
		}
		return count;
	}

	private boolean advance() throws IOException {
		if (this.end == null) {
			accept(take());
		}
		if (this.end != null && this.end.failure != null) {
			throw new IOException(this.end.failure.getMessage(), this.end.failure);
		}
		return this.end == null;
	}

	private Object take() throws IOException {
		try {
			Object next = this.arrived.poll(this.patience.toMillis(), TimeUnit.MILLISECONDS);
			if (next == null) {
				close();
				throw new HttpTimeoutException("the server has sent nothing for " + this.patience.toSeconds() + " s");
			}
			return next;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while waiting for the server", ex);
		}
	}

	private void accept(Object next) {
		if (next instanceof End last) {
			this.end = last;
			return;
		}
		for (Object buffer : (List<?>) next) {
			if (((ByteBuffer) buffer).hasRemaining()) {
				this.current.addLast((ByteBuffer) buffer);
			}
		}
		this.subscription.join().request(1);
	}

	/** Ends the transfer; the connection goes with it unless all was read. */
	@Override
	public void close() {
		if (this.end == null) {
			this.end = new End(new IOException("closed"));
			this.subscription.thenAccept(Flow.Subscription::cancel);
		}
	}

}
