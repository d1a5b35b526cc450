package dev.caisson.engine.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays a graph of code out as instructions. It works from the end to the start, since
 * jumps only go forward, and uses what is laid out already as often as a jump reaches it.
 * Not thread-safe.
 */
final class Assembler {

	/** A conditional jump has eight bits for its distance. */
	private static final int REACH = 255;

	private final List<Instruction> reversed = new ArrayList<>();

	private final Map<Code, Integer> places = new IdentityHashMap<>();

	byte[] assemble(Code code) {
		layOut(code);
		ByteBuffer program = ByteBuffer.allocate(this.reversed.size() * SeccompFilter.INSTRUCTION_SIZE)
			.order(ByteOrder.nativeOrder());
		for (Instruction instruction : this.reversed.reversed()) {
			program.putShort((short) instruction.code)
				.put((byte) instruction.ifTrue)
				.put((byte) instruction.ifFalse)
				.putInt(instruction.operand);
		}
		return program.array();
	}

	/** Lays a graph out, what follows before what leads to it. A graph may be deep. */
	private void layOut(Code code) {
		Deque<Code> waiting = new ArrayDeque<>(List.of(code));
		while (!waiting.isEmpty()) {
			Code latest = waiting.getLast();
			if (isMissing(latest) && !latest.isReturn() && isMissing(latest.next())) {
				waiting.addLast(latest.next());
			}
			else if (isMissing(latest) && latest.isCondition() && isMissing(latest.otherwise())) {
				waiting.addLast(latest.otherwise());
			}
			else {
				place(latest);
				waiting.removeLast();
			}
		}
	}

	private boolean isMissing(Code code) {
		return !this.places.containsKey(code);
	}

	/** Lays one piece out, unless it is there already. Answers its place from the end. */
	private int place(Code code) {
		Integer known = this.places.get(code);
		// a further return costs no more than the jump to a far one
		if (known != null && (!code.isReturn() || distance(known) < REACH)) {
			return known;
		}
		int place = code.isReturn() ? append(code.instruction(), 0, 0, code.operand())
				: code.isCondition() ? placeCondition(code) : placeStep(code);
		this.places.put(code, place);
		return place;
	}

	private int placeCondition(Code code) {
		int otherwise = place(code.otherwise());
		int next = place(code.next());
		otherwise = near(otherwise, 1);
		next = near(next, 0);
		return append(code.instruction(), distance(next), distance(otherwise), code.operand());
	}

	/** A step runs into what follows it, so that must be the latest piece laid out. */
	private int placeStep(Code code) {
		int next = place(code.next());
		if (distance(next) != 0) {
			append(Code.GOTO, 0, 0, distance(next));
		}
		return append(code.instruction(), 0, 0, code.operand());
	}

	/**
	 * Brings a place within the reach of a condition.
	 * @param between how many instructions may still come in between
	 */
	private int near(int place, int between) {
		return (distance(place) + between <= REACH) ? place : append(Code.GOTO, 0, 0, distance(place));
	}

	/** How many instructions lie between the next one laid out and a place. */
	private int distance(int place) {
		return this.reversed.size() - place - 1;
	}

	private int append(int code, int ifTrue, int ifFalse, int operand) {
		this.reversed.add(new Instruction(code, ifTrue, ifFalse, operand));
		return this.reversed.size() - 1;
	}

	private record Instruction(int code, int ifTrue, int ifFalse, int operand) {
	}

}
