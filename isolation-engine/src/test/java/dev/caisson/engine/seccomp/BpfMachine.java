package dev.caisson.engine.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A plain interpreter of classic BPF, written apart from the code under test. */
final class BpfMachine {

	private final ByteBuffer program;

	BpfMachine(byte[] program) {
		this.program = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
	}

	/** What the filter answers to a call, and how many instructions that takes. */
	record Answer(int value, int instructions) {
	}

	Answer run(int architecture, int number, long... arguments) {
		int accumulator = 0;
		int count = 0;
		for (int at = 0;; at++) {
			count++;
			int code = this.program.getShort(at * 8);
			int ifTrue = this.program.get(at * 8 + 2) & 0xff;
			int ifFalse = this.program.get(at * 8 + 3) & 0xff;
			int operand = this.program.getInt(at * 8 + 4);
			switch (code) {
				case 0x20 -> accumulator = word(architecture, number, arguments, operand);
				case 0x54 -> accumulator &= operand;
				case 0x05 -> at += operand;
				case 0x15 -> at += (accumulator == operand) ? ifTrue : ifFalse;
				case 0x25 -> at += (Integer.compareUnsigned(accumulator, operand) > 0) ? ifTrue : ifFalse;
				case 0x35 -> at += (Integer.compareUnsigned(accumulator, operand) >= 0) ? ifTrue : ifFalse;
				case 0x45 -> at += ((accumulator & operand) != 0) ? ifTrue : ifFalse;
				case 0x06 -> {
					return new Answer(operand, count);
				}
				default -> throw new IllegalStateException("instruction " + Integer.toHexString(code));
			}
		}
	}

	/** struct seccomp_data of linux/seccomp.h, little-endian. */
	private static int word(int architecture, int number, long[] arguments, int offset) {
		if (offset == 0) {
			return number;
		}
		if (offset == 4) {
			return architecture;
		}
		int index = (offset - 16) / 8;
		long argument = (index < arguments.length) ? arguments[index] : 0;
		return (int) ((offset % 8 == 0) ? argument : argument >>> 32);
	}

}
