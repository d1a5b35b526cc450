package dev.caisson.engine.container;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * All who are attached to a container. They have what they are behind kept for them on
 * disk, up to a limit. Beyond it the container waits for them, if they do read, as a
 * program waits for a slow pipe; whoever does not read at all is given up, so that nobody
 * can stop a container for longer than that. Safe for use by many threads.
 */
final class Audience {

	/** Bytes that one of them may be behind. */
	private final long limit;

	/** How long one of them may read nothing, when he is that far behind. */
	private final Duration patience;

	private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

	private boolean open = true;

	Audience(long limit, Duration patience) {
		this.limit = limit;
		this.patience = patience;
	}

	/** Watches from now on: the run under way, or the next one. */
	Watcher add(OutputSink sink) {
		Watcher watcher = new Watcher(sink);
		watcher.start();
		synchronized (this) {
			if (this.open) {
				this.watchers.add(watcher);
			}
			else {
				// the run is ending: all of its output has been told
				watcher.end();
			}
		}
		watcher.done().thenRun(() -> this.watchers.remove(watcher));
		return watcher;
	}

	void offer(int stream, Spool spool, long from, long to) {
		for (Watcher watcher : this.watchers) {
			watcher.offer(stream, spool, from, to);
		}
	}

	/** The first place of a spool that anybody still needs. */
	long floor(Spool spool, long otherwise) {
		long floor = otherwise;
		for (Watcher watcher : this.watchers) {
			floor = Math.min(floor, watcher.floor(spool));
		}
		return floor;
	}

	/** Whether someone who is far behind, but reads, must be waited for. */
	boolean holdsBack() {
		boolean waiting = false;
		for (Watcher watcher : this.watchers) {
			if (watcher.backlog() >= this.limit) {
				if (watcher.idleNanos() > this.patience.toNanos()) {
					watcher.cutOff();
				}
				else {
					waiting = true;
				}
			}
		}
		return waiting;
	}

	/** The run's output is complete: whoever comes now has missed it. */
	CompletableFuture<Void> finish() {
		List<Watcher> leaving;
		synchronized (this) {
			this.open = false;
			leaving = List.copyOf(this.watchers);
		}
		leaving.forEach(Watcher::end);
		return CompletableFuture.allOf(leaving.stream().map(Watcher::done).toArray(CompletableFuture[]::new));
	}

	/** Whoever comes now waits for the next run. */
	synchronized void reopen() {
		this.watchers.removeIf((watcher) -> watcher.done().isDone());
		this.open = true;
	}

	/** Waits a little for a future, whatever becomes of it. */
	static void await(CompletableFuture<Void> future, Duration patience) {
		try {
			future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			// they have what they were told
		}
	}

}
