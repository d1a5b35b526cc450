package dev.caisson.engine.container;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** Remembers what it was told. */
class RecordingSink implements OutputSink {

	private final ByteArrayOutputStream[] received = { new ByteArrayOutputStream(), new ByteArrayOutputStream(),
			new ByteArrayOutputStream() };

	private final CountDownLatch end = new CountDownLatch(1);

	@Override
	public synchronized void output(int stream, ByteBuffer data) {
		assertThat(this.end.getCount()).as("output after the end").isOne();
		byte[] bytes = new byte[data.remaining()];
		data.get(bytes);
		this.received[stream].writeBytes(bytes);
		this.received[0].writeBytes(bytes);
	}

	@Override
	public void end() {
		this.end.countDown();
	}

	boolean hasEnded() {
		return this.end.getCount() == 0;
	}

	void awaitEnd() throws InterruptedException {
		assertThat(this.end.await(30, TimeUnit.SECONDS)).as("the sink was told of the end").isTrue();
	}

	synchronized byte[] bytes(int stream) {
		return this.received[stream].toByteArray();
	}

	String text(int stream) {
		return new String(bytes(stream), StandardCharsets.UTF_8);
	}

	void await(String text, Duration patience) throws InterruptedException {
		long deadline = System.nanoTime() + patience.toNanos();
		while (!text(0).contains(text)) {
			assertThat(System.nanoTime()).as("'%s' within %s, had '%s'", text, patience, text(0)).isLessThan(deadline);
			Thread.sleep(5);
		}
	}

}
