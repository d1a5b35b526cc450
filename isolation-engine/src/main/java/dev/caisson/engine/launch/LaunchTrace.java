package dev.caisson.engine.launch;

import java.util.ArrayList;
import java.util.List;

/**
 * What happened in a launch: every call that was made, in the order of the plan.
 *
 * @param startedAt when the keeper began, in nanoseconds of CLOCK_MONOTONIC, which is
 * {@link System#nanoTime()}
 * @param entries the calls
 */
public record LaunchTrace(long startedAt, List<Entry> entries) {

	public LaunchTrace {
		entries = List.copyOf(entries);
	}

	/**
	 * One call.
	 *
	 * @param process {@code keeper} or {@code child}
	 * @param purpose what it was for
	 * @param call as strace(1) would print it
	 * @param result what the kernel answered; negative is an error number
	 * @param returned whether it has returned; execve that succeeds never does
	 * @param start nanoseconds since the keeper began
	 * @param duration nanoseconds; 0 if it has not returned
	 */
	public record Entry(String process, String purpose, String call, long result, boolean returned, long start,
			long duration) {
	}

	static LaunchTrace of(PlanImage image) {
		Clock clock = Clock.of(image);
		List<Entry> entries = new ArrayList<>();
		for (int i = 0; i < image.stepCount(); i++) {
			if (image.begin(i) != 0) {
				entries.add(entry(image, i, clock));
			}
		}
		return new LaunchTrace(clock.nanoseconds(image.begin(0)), entries);
	}

	private static Entry entry(PlanImage image, int index, Clock clock) {
		Step step = image.step(index);
		String process = image.isChilds(index) ? "child" : "keeper";
		boolean returned = image.end(index) != 0;
		long start = clock.between(image.begin(0), image.begin(index));
		long duration = returned ? clock.between(image.begin(index), image.end(index)) : 0;
		return new Entry(process, step.purpose(), step.toString(), image.result(index), returned, start, duration);
	}

	/** Relates the processor's counter to CLOCK_MONOTONIC by two readings of both. */
	private record Clock(long counter, long time, double nanosecondsPerTick) {

		static Clock of(PlanImage image) {
			int first = LaunchFrame.firstClock(image.plan());
			int second = LaunchFrame.secondClock(image.plan());
			long ticks = image.end(second) - image.end(first);
			long time = time(image, LaunchFrame.CLOCK_BEGIN);
			double rate = (image.end(second) != 0 && ticks > 0)
					? (double) (time(image, LaunchFrame.CLOCK_END) - time) / ticks : 0;
			return new Clock(image.end(first), time, rate);
		}

		private static long time(PlanImage image, String output) {
			int at = image.keeper().output(output);
			return image.keeperBytes().getLong(at) * 1_000_000_000L + image.keeperBytes().getLong(at + Long.BYTES);
		}

		long nanoseconds(long counter) {
			return this.time + between(this.counter, counter);
		}

		long between(long from, long to) {
			return Math.round((to - from) * this.nanosecondsPerTick);
		}

	}

}
