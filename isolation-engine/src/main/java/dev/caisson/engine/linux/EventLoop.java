package dev.caisson.engine.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One platform thread that waits for many descriptors with epoll(7), level-triggered. A
 * native read that blocks would pin the carrier of a virtual thread; so descriptors are
 * non-blocking and all waiting is done here. Handlers, tasks and timers run on the loop's
 * thread, one after the other, and must not block. Safe for use by many threads.
 */
public final class EventLoop implements AutoCloseable {

	/** Of sys/epoll.h. {@link #ERROR} and {@link #HANGUP} come without being asked. */
	public static final int READABLE = 1, WRITABLE = 4, ERROR = 8, HANGUP = 16;

	private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

	private static final int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;

	/** Of fcntl.h. */
	private static final int F_GETFL = 3, F_SETFL = 4;

	/**
	 * struct epoll_event of sys/epoll.h is packed on x86-64 alone: 32 bits of events, 64
	 * of data.
	 */
	private static final int EVENT_DATA = "aarch64".equals(System.getProperty("os.arch")) ? 8 : 4,
			EVENT_SIZE = EVENT_DATA + 8;

	private static final int MOST_EVENTS = 64;

	private static final long WAKEUP = 0;

	private final Fd epoll = new Fd(Linux.call(SystemCall.EPOLL_CREATE1, "event loop", Fd.O_CLOEXEC), "event loop");

	private final Fd wakeup = Fd.event("event loop's wake-up");

	private final Map<Long, Watch> watches = new ConcurrentHashMap<>();

	private final AtomicLong keys = new AtomicLong(WAKEUP);

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean woken = new AtomicBoolean();

	/** Touched by the loop's thread alone. */
	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	private final Thread thread;

	private volatile boolean closed;

	public EventLoop(String name) {
		setNonBlocking(this.wakeup);
		control(EPOLL_CTL_ADD, this.wakeup, READABLE, WAKEUP);
		this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
	}

	/** See fcntl(2): sets O_NONBLOCK on the open file that the descriptor refers to. */
	public static void setNonBlocking(Fd fd) {
		long flags = Linux.call(SystemCall.FCNTL, fd.name(), fd.number(), F_GETFL);
		Linux.call(SystemCall.FCNTL, fd.name(), fd.number(), F_SETFL, flags | Fd.O_NONBLOCK);
	}

	/**
	 * Watches a descriptor. The watch must be closed before the descriptor is.
	 * @param events what is waited for
	 */
	public Watch watch(Fd fd, int events, Handler handler) {
		Watch watch = new Watch(this.keys.incrementAndGet(), fd, handler);
		this.watches.put(watch.key, watch);
		watch.want(events);
		return watch;
	}

	/** Runs a task on the loop's thread; at once if this is it. */
	public void execute(Runnable task) {
		if (onLoop()) {
			runSafely(task);
		}
		else {
			later(task);
		}
	}

	/** Runs a task on the loop's thread after what it is doing now. */
	public void later(Runnable task) {
		this.tasks.add(task);
		if (!this.closed && this.woken.compareAndSet(false, true)) {
			wake();
		}
	}

	/** Runs a task on the loop's thread after a delay. */
	public Timer schedule(Duration delay, Runnable task) {
		Timer timer = new Timer(System.nanoTime() + delay.toNanos(), task);
		execute(() -> this.timers.add(timer));
		return timer;
	}

	public boolean onLoop() {
		return Thread.currentThread() == this.thread;
	}

	/** Stops the loop; what is watched stays open. Tasks not yet begun are dropped. */
	@Override
	public void close() {
		this.closed = true;
		wake();
		if (!onLoop()) {
			joinUninterruptibly();
			this.epoll.close();
			this.wakeup.close();
		}
	}

	private void joinUninterruptibly() {
		boolean interrupted = false;
		while (this.thread.isAlive()) {
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void wake() {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment one = arena.allocate(ValueLayout.JAVA_LONG);
			one.set(ValueLayout.JAVA_LONG, 0, 1);
			this.wakeup.write(one);
		}
	}

	private void run() {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment events = arena.allocate((long) MOST_EVENTS * EVENT_SIZE, 8);
			MemorySegment counter = arena.allocate(ValueLayout.JAVA_LONG);
			while (!this.closed) {
				long count = Linux.attempt(SystemCall.EPOLL_PWAIT, this.epoll.number(), events.address(), MOST_EVENTS,
						millisToNextTimer(), 0, 8);
				for (int i = 0; i < count; i++) {
					dispatch(events, (long) i * EVENT_SIZE, counter);
				}
				runTasks();
				runTimers();
			}
		}
	}

	private void dispatch(MemorySegment events, long offset, MemorySegment counter) {
		int ready = events.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
		long key = events.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + EVENT_DATA);
		if (key == WAKEUP) {
			this.wakeup.read(counter);
			return;
		}
		Watch watch = this.watches.get(key);
		// none if a handler that ran before in this round has closed it
		if (watch != null) {
			watch.dispatch(ready);
		}
	}

	private void runTasks() {
		this.woken.set(false);
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			runSafely(task);
		}
	}

	private void runTimers() {
		for (Timer next = this.timers.peek(); next != null && next.isDue(); next = this.timers.peek()) {
			this.timers.remove();
			if (!next.cancelled) {
				runSafely(next.task);
			}
		}
	}

	private long millisToNextTimer() {
		while (!this.timers.isEmpty() && this.timers.peek().cancelled) {
			this.timers.remove();
		}
		Timer next = this.timers.peek();
		if (next == null) {
			return -1;
		}
		long nanos = next.due - System.nanoTime();
		return (nanos <= 0) ? 0 : Math.min((nanos + 999_999) / 1_000_000, Integer.MAX_VALUE);
	}

	private void runSafely(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			LOG.error("a task of the event loop failed", ex);
		}
	}

	private long control(int operation, Fd fd, int events, long key) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment event = arena.allocate(EVENT_SIZE, 8);
			event.set(ValueLayout.JAVA_INT_UNALIGNED, 0, events);
			event.set(ValueLayout.JAVA_LONG_UNALIGNED, EVENT_DATA, key);
			return Linux.call(SystemCall.EPOLL_CTL, fd.name(), this.epoll.number(), operation, fd.number(),
					event.address());
		}
	}

	/** What is done when a descriptor is ready. */
	public interface Handler {

		/**
		 * Runs on the loop's thread. If it throws, the descriptor is watched no more.
		 * @param events a set of {@link #READABLE} and the others
		 */
		void ready(int events);

	}

	/** A descriptor that is watched. Safe for use by many threads. */
	public final class Watch implements AutoCloseable {

		private final long key;

		private final Fd fd;

		private final Handler handler;

		private int wanted;

		private Watch(long key, Fd fd, Handler handler) {
			this.key = key;
			this.fd = fd;
			this.handler = handler;
		}

		/**
		 * Changes what is waited for. Zero waits for nothing, not even a hangup, which
		 * epoll reports for anything that it has registered.
		 */
		public synchronized void want(int events) {
			if (events == this.wanted || !EventLoop.this.watches.containsKey(this.key)) {
				return;
			}
			int operation = (this.wanted == 0) ? EPOLL_CTL_ADD : (events == 0) ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
			control(operation, this.fd, events, this.key);
			this.wanted = events;
		}

		@Override
		public synchronized void close() {
			want(0);
			EventLoop.this.watches.remove(this.key);
		}

		private void dispatch(int ready) {
			try {
				this.handler.ready(ready);
			}
			catch (RuntimeException ex) {
				LOG.error("the handler of {} failed", this.fd, ex);
				close();
			}
		}

	}

	/** A task that will run. */
	public final class Timer implements Comparable<Timer> {

		private final long due;

		private final Runnable task;

		private volatile boolean cancelled;

		private Timer(long due, Runnable task) {
			this.due = due;
			this.task = task;
		}

		public void cancel() {
			this.cancelled = true;
		}

		private boolean isDue() {
			return this.due - System.nanoTime() <= 0;
		}

		@Override
		public int compareTo(Timer other) {
			return Long.signum(this.due - other.due);
		}

	}

}
