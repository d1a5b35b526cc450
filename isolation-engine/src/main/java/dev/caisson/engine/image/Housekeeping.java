package dev.caisson.engine.image;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store does after it has answered: deleting files and bringing others to disk
 * takes seconds on a busy disk. It is done in order, by a thread that goes when idle;
 * what a crash prevents is made up for when the store is opened again.
 */
final class Housekeeping {

	private static final Logger LOGGER = LoggerFactory.getLogger(Housekeeping.class);

	private static final long IDLE_SECONDS = 2, CLOSE_SECONDS = 10;

	private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), Thread.ofPlatform().name("image-housekeeping").daemon().factory());

	Housekeeping() {
		this.thread.allowCoreThreadTimeOut(true);
	}

	/** Does a piece of work later. */
	void later(String what, Runnable work) {
		this.thread.execute(() -> {
			try {
				work.run();
			}
			catch (RuntimeException ex) {
				LOGGER.warn("cannot {} now, the next start will: {}", what, ex.getMessage());
			}
		});
	}

	/**
	 * Waits for what is being done, and leaves the rest to the next start.
	 * @return whether nothing is being done any more
	 */
	boolean finish() {
		this.thread.getQueue().clear();
		this.thread.shutdown();
		try {
			return this.thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
