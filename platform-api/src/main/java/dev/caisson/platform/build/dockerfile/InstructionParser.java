package dev.caisson.platform.build.dockerfile;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Makes an instruction of a line, and refuses what could not be one. */
final class InstructionParser {

	private static final Set<String> NAMES = new TreeSet<>(
			Set.of("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
					"MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"));

	private final char escape;

	InstructionParser(char escape) {
		this.escape = escape;
	}

	Instruction parse(Line line) {
		return switch (line.name()) {
			case "FROM" -> from(line);
			case "RUN" -> run(line);
			case "COPY", "ADD" -> CopyParser.parse(line, this.escape);
			case "ENV" -> new Instruction.Env(plain(line), Pairs.parse(line, this.escape));
			case "LABEL" -> new Instruction.Label(plain(line), Pairs.parse(line, this.escape));
			case "ARG" -> new Instruction.Arg(plain(line), Pairs.parseArguments(line, this.escape));
			case "WORKDIR" -> new Instruction.Workdir(plain(line), single(line));
			case "USER" -> new Instruction.User(plain(line), single(line));
			case "STOPSIGNAL" -> new Instruction.StopSignal(plain(line), single(line));
			case "MAINTAINER" -> new Instruction.Maintainer(plain(line), single(line));
			case "CMD" -> new Instruction.Cmd(plain(line), command(line, line.rest()));
			case "ENTRYPOINT" -> new Instruction.Entrypoint(plain(line), command(line, line.rest()));
			case "SHELL" -> new Instruction.Shell(plain(line), shell(line));
			case "EXPOSE" -> new Instruction.Expose(plain(line), several(line));
			case "VOLUME" -> new Instruction.Volume(plain(line), volumes(line));
			case "HEALTHCHECK" -> HealthcheckParser.parse(line);
			case "ONBUILD" -> onBuild(line);
			default -> throw line.refuse("unknown instruction: " + line.name() + " (valid instructions are "
					+ String.join(", ", NAMES) + ")");
		};
	}

	/** Where it stands, after making sure that it has no flags. */
	private static Place plain(Line line) {
		Flags.of(line);
		return line.place();
	}

	private Instruction from(Line line) {
		Flags flags = Flags.of(line, "platform");
		List<String> words = Words.split(line.rest(), this.escape);
		boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("AS");
		if (words.size() != 1 && !named) {
			throw line.refuse("FROM requires either one argument, or three: FROM <source> [as <name>]");
		}
		return new Instruction.From(line.place(), words.getFirst(), named ? words.get(2).toLowerCase(Locale.ROOT) : "",
				flags.get("platform"));
	}

	private static Instruction run(Line line) {
		Flags.of(line);
		if (line.rest().isEmpty()) {
			throw line.refuse("RUN requires at least one argument");
		}
		return new Instruction.Run(line.place(), command(line, line.rest()), line.heredocs());
	}

	static Command command(Line line, String text) {
		return JsonArray.parse(line, text)
			.map((words) -> new Command(false, words))
			.orElseGet(() -> new Command(true, text.isEmpty() ? List.of() : List.of(text)));
	}

	private static List<String> shell(Line line) {
		List<String> words = JsonArray.parse(line, line.rest())
			.orElseThrow(() -> line.refuse("SHELL requires the arguments to be in JSON form"));
		if (words.isEmpty()) {
			throw line.refuse("SHELL requires at least one argument");
		}
		return words;
	}

	private static String single(Line line) {
		if (line.rest().isEmpty()) {
			throw line.refuse(line.name() + " requires exactly one argument");
		}
		return line.rest();
	}

	private List<String> several(Line line) {
		List<String> words = Words.split(line.rest(), this.escape);
		if (words.isEmpty()) {
			throw line.refuse(line.name() + " requires at least one argument");
		}
		return words;
	}

	private List<String> volumes(Line line) {
		List<String> paths = JsonArray.parse(line, line.rest()).orElseGet(() -> several(line));
		if (paths.isEmpty()) {
			throw line.refuse("VOLUME requires at least one argument");
		}
		if (paths.stream().anyMatch(String::isBlank)) {
			throw line.refuse("VOLUME specified can not be an empty string");
		}
		return paths;
	}

	private Instruction onBuild(Line line) {
		if (line.rest().isEmpty()) {
			throw line.refuse("ONBUILD requires at least one argument");
		}
		List<Line> trigger = new Lines(line.rest()).read();
		if (trigger.size() != 1) {
			throw line.refuse("malformed ONBUILD trigger: " + line.rest());
		}
		checkTrigger(trigger.getFirst());
		return new Instruction.OnBuild(plain(line), line.rest());
	}

	/** Refuses instructions that make no sense later. */
	void checkTrigger(Line trigger) {
		switch (trigger.name()) {
			case "ONBUILD" -> throw trigger.refuse("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
			case "FROM", "MAINTAINER" -> throw trigger.refuse(trigger.name() + " isn't allowed as an ONBUILD trigger");
			default -> parse(trigger);
		}
	}

}
