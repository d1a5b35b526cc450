package dev.caisson.platform.build.dockerfile;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A Dockerfile, read. Immutable.
 *
 * @param globals ARG before the first FROM
 * @param stages at least one
 * @param escape the character that escapes
 * @param warnings for whoever builds it
 */
public record Dockerfile(List<Instruction.Arg> globals, List<Stage> stages, char escape, List<String> warnings) {

	private static final Pattern STAGE_NAME = Pattern.compile("[a-z][a-z0-9-_.]*");

	public Dockerfile {
		globals = List.copyOf(globals);
		stages = List.copyOf(stages);
		warnings = List.copyOf(warnings);
	}

	/**
	 * Reads a Dockerfile.
	 * @throws DockerfileException if it is not one
	 */
	public static Dockerfile parse(String text) {
		Lines lines = new Lines(text);
		InstructionParser parser = new InstructionParser(lines.escape());
		List<Instruction.Arg> globals = new ArrayList<>();
		List<Stage> stages = new ArrayList<>();
		for (Line line : lines.read()) {
			Instruction instruction = parser.parse(line);
			switch (instruction) {
				case Instruction.From from -> stages.add(new Stage(stages.size(), checked(from), List.of()));
				case Instruction.Arg arg when stages.isEmpty() -> globals.add(arg);
				case Instruction other -> {
					if (stages.isEmpty()) {
						throw line.refuse("no build stage in current context");
					}
					stages.add(with(stages.removeLast(), other));
				}
			}
		}
		if (stages.isEmpty()) {
			throw new DockerfileException(0,
					globals.isEmpty() ? "file with no instructions" : "no build stage in Dockerfile");
		}
		return new Dockerfile(globals, stages, lines.escape(), lines.warnings());
	}

	/**
	 * Reads an instruction that an image keeps for builds on top of it.
	 * @throws DockerfileException if it is none
	 */
	public static Instruction parseTrigger(String text) {
		Lines lines = new Lines(text);
		List<Line> read = lines.read();
		if (read.size() != 1) {
			throw new DockerfileException(0, "malformed ONBUILD trigger: " + text);
		}
		InstructionParser parser = new InstructionParser(lines.escape());
		parser.checkTrigger(read.getFirst());
		return parser.parse(read.getFirst());
	}

	/** A label that was asked for, as if it stood in the file. */
	public static Instruction label(String text, List<Pair> pairs) {
		return new Instruction.Label(new Place(0, text), pairs);
	}

	private static Stage with(Stage stage, Instruction instruction) {
		List<Instruction> more = new ArrayList<>(stage.instructions());
		more.add(instruction);
		return new Stage(stage.index(), stage.from(), more);
	}

	private static Instruction.From checked(Instruction.From from) {
		if (!from.stage().isEmpty() && !STAGE_NAME.matcher(from.stage()).matches()) {
			throw from.place()
				.refuse("invalid name for build stage: \"" + from.stage()
						+ "\", name can't start with a number or contain symbols");
		}
		return from;
	}

	/**
	 * The stage to build: the last one, or the one that is asked for.
	 * @throws DockerfileException if there is no such stage
	 */
	public Stage target(String name) {
		if (name.isEmpty()) {
			return this.stages.getLast();
		}
		return this.stages.stream()
			.filter((stage) -> stage.isCalled(name))
			.findFirst()
			.orElseThrow(() -> new DockerfileException(0, "failed to reach build target " + name + " in Dockerfile"));
	}

	/** A stage that stands before another and is meant by a reference. */
	public Optional<Stage> before(int index, String reference) {
		return this.stages.subList(0, index).stream().filter((stage) -> stage.isCalled(reference)).findFirst();
	}

	/** A stage and all that it needs, in the order of the file. */
	public List<Stage> needed(Stage target) {
		Set<Integer> needed = new LinkedHashSet<>();
		collect(target, needed);
		return this.stages.stream().filter((stage) -> needed.contains(stage.index())).toList();
	}

	private void collect(Stage stage, Set<Integer> needed) {
		if (!needed.add(stage.index())) {
			return;
		}
		before(stage.index(), stage.from().image()).ifPresent((base) -> collect(base, needed));
		for (Instruction instruction : stage.instructions()) {
			if (instruction instanceof Instruction.Copy copy && !copy.from().isEmpty()) {
				before(stage.index(), copy.from()).ifPresent((source) -> collect(source, needed));
			}
		}
	}

}
