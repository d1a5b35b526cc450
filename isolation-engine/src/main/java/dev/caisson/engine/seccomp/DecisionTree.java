package dev.caisson.engine.seccomp;

import java.util.ArrayList;
import java.util.List;

/**
 * The answers for all numbers of system calls of an architecture, as ranges of numbers
 * that are answered alike, which become a balanced tree of comparisons. Not thread-safe.
 */
final class DecisionTree {

	/** How many single numbers may be told apart one after the other within a range. */
	private static final int MOST_EXCEPTIONS = 2;

	private final Code.Pool pool;

	private final List<Range> ranges = new ArrayList<>();

	DecisionTree(Code.Pool pool) {
		this.pool = pool;
	}

	/** Adds an answer that holds from a number on; numbers come in ascending order. */
	void add(int first, Code answer) {
		if (this.ranges.isEmpty() || this.ranges.getLast().answer != answer) {
			this.ranges.add(new Range(first, answer));
		}
	}

	/** The comparisons; the number must have been loaded. */
	Code code() {
		return split(withExceptions());
	}

	/**
	 * Takes single numbers out of ranges that go on behind them: one comparison each
	 * instead of two.
	 */
	private List<Range> withExceptions() {
		List<Range> merged = new ArrayList<>();
		int at = 0;
		while (at < this.ranges.size()) {
			Range range = this.ranges.get(at++);
			Code code = range.answer;
			for (int count = 0; count < MOST_EXCEPTIONS && isException(range, at); count++) {
				Range exception = this.ranges.get(at);
				code = this.pool.condition(Code.IF_EQUAL, exception.first, exception.answer, code);
				at += 2;
			}
			merged.add(new Range(range.first, code));
		}
		return merged;
	}

	private boolean isException(Range range, int at) {
		return at + 1 < this.ranges.size() && this.ranges.get(at + 1).first == this.ranges.get(at).first + 1
				&& this.ranges.get(at + 1).answer == range.answer;
	}

	private Code split(List<Range> part) {
		if (part.size() == 1) {
			return part.getFirst().answer;
		}
		int middle = part.size() / 2;
		return this.pool.condition(Code.IF_AT_LEAST, part.get(middle).first, split(part.subList(middle, part.size())),
				split(part.subList(0, middle)));
	}

	private record Range(int first, Code answer) {
	}

}
