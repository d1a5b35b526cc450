package dev.caisson.platform.build.dockerfile;

import java.util.List;

/**
 * What follows RUN, CMD or ENTRYPOINT.
 *
 * @param shell whether it is one text for the shell; else it is a program and its
 * arguments
 * @param words the text alone, or the program and its arguments; may be empty
 */
public record Command(boolean shell, List<String> words) {

	public Command {
		words = List.copyOf(words);
	}

	/** What is executed, by this shell if one is needed. */
	public List<String> arguments(List<String> shellProgram) {
		if (!this.shell) {
			return this.words;
		}
		List<String> all = new java.util.ArrayList<>(shellProgram);
		all.addAll(this.words);
		return List.copyOf(all);
	}

}
