package dev.caisson.platform.build.dockerfile;

import java.util.List;

/**
 * A stage: FROM and what follows it.
 *
 * @param index counted from 0
 * @param from how it begins
 * @param instructions the rest
 */
public record Stage(int index, Instruction.From from, List<Instruction> instructions) {

	public Stage {
		instructions = List.copyOf(instructions);
	}

	/** Whether a reference means this stage: its name or number. */
	public boolean isCalled(String reference) {
		return (!this.from.stage().isEmpty() && this.from.stage().equalsIgnoreCase(reference))
				|| Integer.toString(this.index).equals(reference);
	}

}
