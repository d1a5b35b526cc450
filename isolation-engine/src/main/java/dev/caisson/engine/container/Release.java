package dev.caisson.engine.container;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run leaves to be undone: once, by whoever comes first, the thread that told of
 * its end or one that wants to start the container again.
 */
final class Release {

	static final Release NONE = new Release(() -> {
	});

	private static final Logger LOG = LoggerFactory.getLogger(Release.class);

	private final FutureTask<Void> task;

	Release(Runnable work) {
		this.task = new FutureTask<>(work, null);
	}

	/** Does it, unless another thread does or did. What fails stays on the ledger. */
	void run() {
		this.task.run();
		if (this.task.state() == Future.State.FAILED) {
			LOG.warn("an ended container could not be released entirely", this.task.exceptionNow());
		}
	}

	/** Does it, or waits until it is done. */
	void await() {
		run();
		boolean interrupted = false;
		while (!this.task.isDone()) {
			try {
				this.task.get();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
			catch (ExecutionException ex) {
				break;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
