package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/**
 * A thread in a mount namespace of its own, for mounts that must have a place for a
 * moment: the host does not see them, and they go with the thread. A thread may leave the
 * process's mount namespace (unshare(2) separates its root and working directory first),
 * but its siblings stay.
 */
final class OwnMountNamespace {

	/** Of linux/sched.h. */
	private static final int CLONE_FS = 0x200, CLONE_NEWNS = 0x20000;

	/** Of linux/mount.h: MS_REC | MS_PRIVATE. */
	private static final long PRIVATE_ALL = (1 << 14) | (1 << 18);

	private OwnMountNamespace() {
	}

	/** Runs something on a thread with a private copy of this mount namespace. */
	static Fd call(String name, Supplier<Fd> action) {
		return onThread(name, () -> {
			Linux.call(SystemCall.UNSHARE, "mount namespace", CLONE_NEWNS);
			try (Arena arena = Arena.ofConfined()) {
				Linux.call(SystemCall.MOUNT, "/ private", 0, Linux.text(arena, "/").address(), 0, PRIVATE_ALL, 0);
			}
			return action.get();
		});
	}

	/** Runs something on a thread that has entered another process's mount namespace. */
	static Fd inside(Fd mountNamespace, Supplier<Fd> action) {
		return onThread(mountNamespace.name(), () -> {
			Linux.call(SystemCall.UNSHARE, "root and working directory", CLONE_FS);
			Linux.call(SystemCall.SETNS, mountNamespace.name(), mountNamespace.number(), CLONE_NEWNS);
			return action.get();
		});
	}

	/** Runs something on a thread that ends with it, whatever it did to itself. */
	static Fd onThread(String name, Supplier<Fd> action) {
		FutureTask<Fd> task = new FutureTask<>(action::get);
		Thread thread = Thread.ofPlatform().name("mounting " + name).daemon().start(task);
		boolean interrupted = false;
		while (true) {
			try {
				// the descriptor must not be lost, so an interrupt waits
				thread.join();
				return task.get();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
			catch (ExecutionException ex) {
				throw (ex.getCause() instanceof RuntimeException cause) ? cause : new IllegalStateException(ex);
			}
			finally {
				if (interrupted) {
					Thread.currentThread().interrupt();
				}
			}
		}
	}

}
