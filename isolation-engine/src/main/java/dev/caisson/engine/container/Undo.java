package dev.caisson.engine.container;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

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
	void run(@Nullable RuntimeException cause) {
		while (!this.actions.isEmpty()) {
			try {
				this.actions.pop().run();
			}
			catch (RuntimeException ex) {
				if (cause == null) {
					throw ex;
				}
				cause.addSuppressed(ex);
			}
		}
	}

}
