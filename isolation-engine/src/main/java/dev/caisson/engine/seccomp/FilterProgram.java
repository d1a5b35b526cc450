package dev.caisson.engine.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
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
		return new Question(pool, architecture, number).follow(0, UNKNOWN);
	}

	private static boolean isCondition(int instruction) {
		return switch (instruction) {
			case Code.IF_EQUAL, Code.IF_GREATER, Code.IF_AT_LEAST, Code.IF_SET -> true;
			default -> false;
		};
	}

	/** A value of the accumulator that only the kernel will know. */
	private static final long UNKNOWN = -1;

	private final class Question {

		private final Code.Pool pool;

		private final int architecture;

		private final int number;

		/** Answers from an instruction on, where the accumulator is not known. */
		private final Map<Integer, Code> known = new HashMap<>();

		Question(Code.Pool pool, int architecture, int number) {
			this.pool = pool;
			this.architecture = architecture;
			this.number = number;
		}

		/**
		 * Follows the program.
		 * @param accumulator its value, unsigned, or UNKNOWN
		 */
		Code follow(int start, long accumulator) {
			if (accumulator != UNKNOWN) {
				return run(start, accumulator);
			}
			Code answer = this.known.get(start);
			if (answer == null) {
				answer = run(start, accumulator);
				this.known.put(start, answer);
			}
			return answer;
		}

		private Code run(int start, long accumulator) {
			int at = start;
			long value = accumulator;
			while (true) {
				int instruction = FilterProgram.this.instructions[at];
				int operand = FilterProgram.this.operands[at];
				if (instruction == Code.RETURN) {
					return this.pool.returns(operand);
				}
				else if (instruction == Code.GOTO) {
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
					at += 1 + (holds(instruction, value, operand) ? ifTrue(at) : ifFalse(at));
				}
				else {
					return leave(at, instruction, operand);
				}
			}
		}

		/** An instruction that only the kernel can execute. */
		private Code leave(int at, int instruction, int operand) {
			return switch (instruction) {
				case Code.LOAD -> this.pool.load(operand, follow(at + 1, UNKNOWN));
				case Code.AND -> this.pool.and(operand, follow(at + 1, UNKNOWN));
				case Code.IF_EQUAL, Code.IF_GREATER, Code.IF_AT_LEAST, Code.IF_SET -> this.pool.condition(instruction,
						operand, follow(at + 1 + ifTrue(at), UNKNOWN), follow(at + 1 + ifFalse(at), UNKNOWN));
				default -> throw new IllegalStateException(
						"libseccomp generated an instruction 0x%x that is not understood".formatted(instruction));
			};
		}

	}

	private int ifTrue(int at) {
		return this.ifTrue[at];
	}

	private int ifFalse(int at) {
		return this.ifFalse[at];
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
