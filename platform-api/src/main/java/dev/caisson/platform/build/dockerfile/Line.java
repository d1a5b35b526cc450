package dev.caisson.platform.build.dockerfile;

import java.util.List;

/**
 * A logical line: one instruction, still as text.
 *
 * @param place where it stands
 * @param name of the instruction in upper case
 * @param flags {@code --name=value} words behind it
 * @param rest what follows the flags, continued lines joined
 * @param heredocs texts that follow the line
 */
record Line(Place place, String name, List<String> flags, String rest, List<Heredoc> heredocs) {

	Line {
		flags = List.copyOf(flags);
		heredocs = List.copyOf(heredocs);
	}

	DockerfileException refuse(String reason) {
		return this.place.refuse(reason);
	}

}
