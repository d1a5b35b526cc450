package dev.caisson.engine.seccomp;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a filter as a graph: what happens next, and after that. Pieces of one
 * {@link Pool} that do the same are the same object, so that comparing costs nothing and
 * shared pieces are kept once.
 */
final class Code {

	/** Of linux/bpf_common.h and linux/filter.h: the instructions that filters use. */
	static final int LOAD = 0x20, AND = 0x54, GOTO = 0x05, IF_EQUAL = 0x15, IF_GREATER = 0x25, IF_AT_LEAST = 0x35,
			IF_SET = 0x45, RETURN = 0x06;

	private final int instruction;

	private final int operand;

	private final @Nullable Code next;

	private final @Nullable Code otherwise;

	private Code(Shape shape) {
		this.instruction = shape.instruction;
		this.operand = shape.operand;
		this.next = shape.next;
		this.otherwise = shape.otherwise;
	}

	int instruction() {
		return this.instruction;
	}

	int operand() {
		return this.operand;
	}

	/** What comes next; after a condition, when it holds. */
	Code next() {
		return java.util.Objects.requireNonNull(this.next);
	}

	/** What comes after a condition that does not hold. */
	Code otherwise() {
		return java.util.Objects.requireNonNull(this.otherwise);
	}

	boolean isReturn() {
		return this.instruction == RETURN;
	}

	boolean isCondition() {
		return this.otherwise != null;
	}

	/** Makes pieces. Not thread-safe. */
	static final class Pool {

		private final Map<Shape, Code> pieces = new HashMap<>();

		Code returns(int value) {
			return piece(new Shape(RETURN, value, null, null));
		}

		/**
		 * Loads a word of struct seccomp_data, unless what follows does not look at it.
		 */
		Code load(int offset, Code next) {
			return (next.isReturn() || next.instruction == LOAD) ? next : piece(new Shape(LOAD, offset, next, null));
		}

		Code and(int mask, Code next) {
			return (next.isReturn() || next.instruction == LOAD) ? next : piece(new Shape(AND, mask, next, null));
		}

		Code condition(int instruction, int operand, Code next, Code otherwise) {
			return (next == otherwise) ? next : piece(new Shape(instruction, operand, next, otherwise));
		}

		private Code piece(Shape shape) {
			return this.pieces.computeIfAbsent(shape, Code::new);
		}

	}

	private record Shape(int instruction, int operand, @Nullable Code next, @Nullable Code otherwise) {
	}

}
