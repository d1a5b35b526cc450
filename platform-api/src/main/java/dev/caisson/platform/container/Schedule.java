package dev.caisson.platform.container;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * What is to be done later: one thread waits for all of it, and each task runs on a
 * virtual thread. Safe for use by many threads.
 */
@Component
final class Schedule implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Schedule.class);

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1,
			Thread.ofPlatform().daemon().name("caisson-schedule").factory());

	Schedule() {
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	/** After the service has begun to end, nothing is scheduled any more. */
	Future<?> after(Duration delay, String name, Runnable task) {
		return this.timer.schedule(() -> Thread.ofVirtual().name(name).start(() -> run(name, task)), delay.toNanos(),
				TimeUnit.NANOSECONDS);
	}

	private static void run(String name, Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			log.error("{} failed", name, ex);
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
