package dev.caisson.bench;

import java.util.ArrayList;
import java.util.List;

/** Durations of one contestant, in nanoseconds. Not thread-safe. */
final class Samples {

	private final List<Long> values = new ArrayList<>();

	void add(long nanoseconds) {
		this.values.add(nanoseconds);
	}

	/** The given percentile in milliseconds. */
	double percentile(int percent) {
		List<Long> sorted = this.values.stream().sorted().toList();
		return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100)) / 1e6;
	}

	double median() {
		return percentile(50);
	}

	int count() {
		return this.values.size();
	}

}
