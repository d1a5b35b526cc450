package dev.caisson.engine.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;

/**
 * A filter that can be asked what it answers. Only the instructions that libseccomp
 * generates are understood.
 */
final class FilterProgram {

	/** Of linux/seccomp.h: the places of nr and arch in struct seccomp_data. */
	static final int NUMBER = 0, ARCHITECTURE = 4;

	private final int[] instructions;

	private final int[] ifTrue;

	private final int[] ifFalse;

	private final int[] operands;

	FilterProgram(byte[] program) {
		int length = program.length / SeccompFilter.INSTRUCTION_SIZE;
		this.instructions = new int[length];
		this.ifTrue = new int[length];
		this.ifFalse = new int[length];
		this.operands = new int[length];
		ByteBuffer buffer = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
		for (int i = 0; i < length; i++) {
			this.instructions[i] = buffer.getShort();
			this.ifTrue[i] = Byte.toUnsignedInt(buffer.get());
			this.ifFalse[i] = Byte.toUnsignedInt(buffer.get());
			this.operands[i] = buffer.getInt();
		}
	}

	int length() {
		return this.instructions.length;
	}

	/**
	 * Where the answer may change as the number of the call grows. The program only
	 * compares, so that between two neighbours of this set it answers alike.
	 */
	NavigableSet<Integer> boundaries() {
		NavigableSet<Integer> boundaries = new TreeSet<>(Integer::compareUnsigned);
		boundaries.add(0);
		for (int i = 0; i < length(); i++) {
			if (isCondition(this.instructions[i])) {
				boundaries.add(this.operands[i]);
				boundaries.add(this.operands[i] + 1);
			}
		}
		return boundaries;
	}

	/**
	 * What is left of the program when architecture and number are known: a plain answer,
	 * or the tests of the arguments.
	 */
	Code answer(Code.Pool pool, int architecture, int number) {
		Question question = new Question(architecture, number);
		int start = question.skip(0);
		if (this.instructions[start] == Code.RETURN) {
			return pool.returns(this.operands[start]);
		}
		return remaining(pool, question, start);
	}

	/**
	 * Jumps only go forward, so whatever is reached is found in ascending order, and
	 * built in descending order: without recursion, as a profile may be long.
	 */
	private Code remaining(Code.Pool pool, Question question, int start) {
		NavigableSet<Integer> reached = new TreeSet<>();
		for (Integer at = start; at != null; at = reached.higher(at)) {
			reached.add(at);
			if (this.instructions[at] != Code.RETURN) {
				reached.add(question.skip(at + 1 + this.ifTrue[at]));
				reached.add(question.skip(at + 1 + this.ifFalse[at]));
			}
		}
		Map<Integer, Code> built = new HashMap<>();
		for (int at : reached.descendingSet()) {
			built.put(at, build(pool, question, at, built));
		}
		return Objects.requireNonNull(built.get(start));
	}

	private Code build(Code.Pool pool, Question question, int at, Map<Integer, Code> built) {
		int operand = this.operands[at];
		if (this.instructions[at] == Code.RETURN) {
			return pool.returns(operand);
		}
		Code next = Objects.requireNonNull(built.get(question.skip(at + 1 + this.ifTrue[at])));
		Code otherwise = Objects.requireNonNull(built.get(question.skip(at + 1 + this.ifFalse[at])));
		return switch (this.instructions[at]) {
			case Code.LOAD -> pool.load(operand, next);
			case Code.AND -> pool.and(operand, next);
			case Code.IF_EQUAL, Code.IF_GREATER, Code.IF_AT_LEAST, Code.IF_SET ->
				pool.condition(this.instructions[at], operand, next, otherwise);
			default -> throw new IllegalStateException(
					"libseccomp generated an instruction 0x%x that is not understood".formatted(this.instructions[at]));
		};
	}

	private static boolean isCondition(int instruction) {
		return switch (instruction) {
			case Code.IF_EQUAL, Code.IF_GREATER, Code.IF_AT_LEAST, Code.IF_SET -> true;
			default -> false;
		};
	}

	/** A call of which the architecture and the number are known. */
	private final class Question {

		/** A value of the accumulator that only the kernel will know. */
		private static final long UNKNOWN = -1;

		private final int architecture;

		private final int number;

		Question(int architecture, int number) {
			this.architecture = architecture;
			this.number = number;
		}

		/**
		 * Follows the program from where the accumulator is not known, up to an answer or
		 * an instruction that only the kernel can execute.
		 */
		int skip(int start) {
			int at = start;
			long value = UNKNOWN;
			while (true) {
				int instruction = FilterProgram.this.instructions[at];
				int operand = FilterProgram.this.operands[at];
				if (instruction == Code.GOTO) {
					at += 1 + operand;
				}
				else if (instruction == Code.LOAD && operand <= ARCHITECTURE) {
					value = Integer.toUnsignedLong((operand == NUMBER) ? this.number : this.architecture);
					at++;
				}
				else if (value != UNKNOWN && instruction == Code.AND) {
					value &= Integer.toUnsignedLong(operand);
					at++;
				}
				else if (value != UNKNOWN && isCondition(instruction)) {
					at += 1 + (holds(instruction, value, operand) ? FilterProgram.this.ifTrue[at]
							: FilterProgram.this.ifFalse[at]);
				}
				else {
					return at;
				}
			}
		}

	}

	private static boolean holds(int instruction, long value, int operand) {
		long other = Integer.toUnsignedLong(operand);
		return switch (instruction) {
			case Code.IF_EQUAL -> value == other;
			case Code.IF_GREATER -> value > other;
			case Code.IF_AT_LEAST -> value >= other;
			default -> (value & other) != 0;
		};
	}

}
