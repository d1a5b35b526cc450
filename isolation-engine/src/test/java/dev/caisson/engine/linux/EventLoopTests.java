package dev.caisson.engine.linux;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(20)
class EventLoopTests {

	private final EventLoop loop = new EventLoop("test-loop");

	private final Fd[] pipe = Fd.pipe(Fd.O_NONBLOCK, "test");

	@AfterEach
	void close() {
		this.loop.close();
		this.pipe[0].close();
		this.pipe[1].close();
	}

	@Test
	void handlerIsToldOnTheLoopsThread() throws Exception {
		CompletableFuture<Boolean> told = new CompletableFuture<>();
		this.loop.watch(this.pipe[0], EventLoop.READABLE, (events) -> {
			read();
			told.complete(this.loop.onLoop() && events == EventLoop.READABLE);
		});
		write();
		assertThat(told.get(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void hangupIsTold() throws Exception {
		BlockingQueue<Integer> events = new LinkedBlockingQueue<>();
		EventLoop.Watch[] watch = new EventLoop.Watch[1];
		watch[0] = this.loop.watch(this.pipe[0], EventLoop.READABLE, (ready) -> {
			events.add(ready);
			this.loop.later(() -> watch[0].close());
		});
		this.pipe[1].close();
		assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo(EventLoop.HANGUP);
	}

	@Test
	void watchThatWantsNothingIsNotTold() throws Exception {
		AtomicInteger told = new AtomicInteger();
		EventLoop.Watch watch = this.loop.watch(this.pipe[0], EventLoop.READABLE, (_) -> {
			read();
			told.incrementAndGet();
		});
		watch.want(0);
		write();
		this.pipe[1].close();
		Thread.sleep(50);
		assertThat(told).hasValue(0);
		watch.want(EventLoop.READABLE);
		awaitAtLeast(told, 1);
		watch.close();
	}

	@Test
	void handlerThatThrowsIsWatchedNoMoreAndTheLoopGoesOn() throws Exception {
		AtomicInteger told = new AtomicInteger();
		this.loop.watch(this.pipe[0], EventLoop.READABLE, (_) -> {
			told.incrementAndGet();
			throw new IllegalStateException("on purpose");
		});
		write();
		awaitAtLeast(told, 1);
		CompletableFuture<Void> task = new CompletableFuture<>();
		this.loop.execute(() -> task.complete(null));
		task.get(5, TimeUnit.SECONDS);
		assertThat(told).hasValue(1);
	}

	@Test
	void timersRunInOrderUnlessTheyAreCancelled() throws Exception {
		List<String> ran = new CopyOnWriteArrayList<>();
		CompletableFuture<Void> last = new CompletableFuture<>();
		long begin = System.nanoTime();
		this.loop.schedule(Duration.ofMillis(90), () -> last.complete(null));
		this.loop.schedule(Duration.ofMillis(60), () -> ran.add("second"));
		this.loop.schedule(Duration.ofMillis(30), () -> ran.add("first"));
		this.loop.schedule(Duration.ofMillis(40), () -> ran.add("never")).cancel();
		last.get(5, TimeUnit.SECONDS);
		assertThat(ran).containsExactly("first", "second");
		assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(90_000_000);
	}

	@Test
	void tasksOfManyThreadsAllRun() throws Exception {
		AtomicInteger ran = new AtomicInteger();
		Thread[] threads = new Thread[8];
		for (int i = 0; i < threads.length; i++) {
			threads[i] = Thread.ofVirtual().start(() -> {
				for (int task = 0; task < 1000; task++) {
					this.loop.execute(ran::incrementAndGet);
				}
			});
		}
		for (Thread thread : threads) {
			thread.join();
		}
		awaitAtLeast(ran, 8000);
	}

	private void write() {
		try (Arena arena = Arena.ofConfined()) {
			this.pipe[1].write(arena.allocate(1));
		}
	}

	private void read() {
		try (Arena arena = Arena.ofConfined()) {
			this.pipe[0].read(arena.allocate(16));
		}
	}

	private static void awaitAtLeast(AtomicInteger value, int least) throws InterruptedException {
		for (long end = System.nanoTime() + 5_000_000_000L; value.get() < least;) {
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.sleep(1);
		}
	}

}
