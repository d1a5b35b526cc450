package dev.caisson.engine.container;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What takes back a start that fails: each thing is registered on the line after it was
 * made, and undone in reverse, unless the start is kept. Not thread-safe.
 */
final class Undo {

	private final Deque<Runnable> actions = new ArrayDeque<>();

	void add(Runnable action) {
		this.actions.push(action);
	}

	/** Undoes everything; what goes wrong on the way is noted on the cause. */
	void run(Throwable cause) {
		while (!this.actions.isEmpty()) {
			try {
				this.actions.pop().run();
			}
			catch (RuntimeException ex) {
				cause.addSuppressed(ex);
			}
		}
	}

}
