package dev.caisson.platform.server;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work that makes many system calls. Each of them holds on to the carrier of a virtual
 * thread, of which there are as many as processors, so it is done by a thread of its own.
 */
public final class DiskWork {

	private DiskWork() {
	}

	/**
	 * Does it, and waits for its end even if interrupted: it must not go on when its
	 * request has been answered.
	 * @throws IOException if it does
	 */
	public static <T> T call(String name, Callable<T> work) throws IOException {
		FutureTask<T> task = new FutureTask<>(work);
		Thread.ofPlatform().name(name).daemon().start(task);
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return task.get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		catch (ExecutionException ex) {
			switch (ex.getCause()) {
				case IOException cause -> throw cause;
				case RuntimeException cause -> throw cause;
				default -> throw new IllegalStateException(ex.getCause());
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
