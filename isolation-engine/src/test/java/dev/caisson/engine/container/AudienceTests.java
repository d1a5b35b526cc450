package dev.caisson.engine.container;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Those who are attached, quick, slow and stuck. */
class AudienceTests extends PumpFixture {

	@Test
	void sinkThatBlocksDelaysNobodyAndGetsEverythingInTheEnd() throws Exception {
		begin(LogSettings.DEFAULT);
		CountDownLatch gate = new CountDownLatch(1);
		RecordingSink slow = attach(new RecordingSink() {
			@Override
			public synchronized void output(int stream, ByteBuffer data) {
				pass(gate);
				super.output(stream, data);
			}
		});
		RecordingSink fast = attach(new RecordingSink());
		byte[] data = "0123456789abcde\n".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
		write(1, data);
		finish();
		fast.awaitEnd();
		assertThat(fast.bytes(1)).isEqualTo(data);
		assertThat(slow.hasEnded()).isFalse();
		gate.countDown();
		slow.awaitEnd();
		assertThat(slow.bytes(1)).isEqualTo(data);
	}

	@Test
	void sinkThatNeverReadsIsCutOffAndTheRestGoesOn() throws Exception {
		begin(LogSettings.DEFAULT);
		CountDownLatch gate = new CountDownLatch(1);
		RecordingSink stuck = attach(new RecordingSink() {
			@Override
			public synchronized void output(int stream, ByteBuffer data) {
				pass(gate);
			}
		});
		byte[] data = "0123456789abcde\n".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
		write(1, data);
		finish();
		assertThat(bytes(1)).isEqualTo(data);
		gate.countDown();
		stuck.awaitEnd();
	}

	@Test
	void sinkThatReadsSlowlyIsWaitedForBeyondTheLimit() throws Exception {
		begin(LogSettings.DEFAULT);
		RecordingSink slow = attach(new RecordingSink() {
			@Override
			public synchronized void output(int stream, ByteBuffer data) {
				super.output(stream, data);
				java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
			}
		});
		byte[] data = "0123456789abcde\n".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
		write(1, data);
		finish();
		slow.awaitEnd();
		assertThat(slow.bytes(1)).hasSameSizeAs(data).isEqualTo(data);
	}

	@Test
	void sinkThatThrowsIsForgotten() throws Exception {
		begin(LogSettings.DEFAULT);
		attach(new RecordingSink() {
			@Override
			public synchronized void output(int stream, ByteBuffer data) {
				throw new IllegalStateException("gone");
			}
		});
		write(1, "x\n");
		finish();
		assertThat(text(1)).isEqualTo("x\n");
	}

}
