package dev.caisson.platform.build.dockerfile;

import java.time.Duration;
import java.util.List;

/**
 * One instruction, checked as far as its text tells; variables in it stand as written.
 */
public sealed interface Instruction {

	Place place();

	/**
	 * Begins a stage.
	 *
	 * @param image a name, an earlier stage or {@code scratch}
	 * @param stage the name that follows AS in lower case, or empty
	 * @param platform as declared, or empty
	 */
	record From(Place place, String image, String stage, String platform) implements Instruction {

	}

	/**
	 * Runs a command in a container.
	 *
	 * @param command of whose text heredocs are a part already
	 * @param heredocs that stood behind it; a lone one without a command is a script
	 */
	record Run(Place place, Command command, List<Heredoc> heredocs) implements Instruction {

		public Run {
			heredocs = List.copyOf(heredocs);
		}

	}

	/**
	 * Copies files: COPY and ADD.
	 *
	 * @param add whether it is ADD, which unpacks archives
	 * @param sources patterns, without those that are heredocs
	 * @param inline files that stand in the Dockerfile
	 * @param destination as written
	 * @param from a stage or an image, or empty for the context
	 * @param owner {@code user[:group]}, or empty
	 * @param mode octal permissions, or empty
	 */
	record Copy(Place place, boolean add, List<String> sources, List<Heredoc> inline, String destination, String from,
			String owner, String mode) implements Instruction {

		public Copy {
			sources = List.copyOf(sources);
			inline = List.copyOf(inline);
		}

		/** Its name. */
		public String name() {
			return this.add ? "ADD" : "COPY";
		}

	}

	/** Sets environment variables. */
	record Env(Place place, List<Pair> pairs) implements Instruction {

		public Env {
			pairs = List.copyOf(pairs);
		}

	}

	/** Sets labels. */
	record Label(Place place, List<Pair> pairs) implements Instruction {

		public Label {
			pairs = List.copyOf(pairs);
		}

	}

	/** Declares build arguments. */
	record Arg(Place place, List<Pair> pairs) implements Instruction {

		public Arg {
			pairs = List.copyOf(pairs);
		}

	}

	/** Sets the working directory, and makes it. */
	record Workdir(Place place, String path) implements Instruction {

	}

	/** Sets the user. */
	record User(Place place, String user) implements Instruction {

	}

	/** Sets the command. */
	record Cmd(Place place, Command command) implements Instruction {

	}

	/** Sets the entry point. */
	record Entrypoint(Place place, Command command) implements Instruction {

	}

	/** Sets the shell of the shell form. */
	record Shell(Place place, List<String> words) implements Instruction {

		public Shell {
			words = List.copyOf(words);
		}

	}

	/** Declares ports. */
	record Expose(Place place, List<String> ports) implements Instruction {

		public Expose {
			ports = List.copyOf(ports);
		}

	}

	/** Declares volumes. */
	record Volume(Place place, List<String> paths) implements Instruction {

		public Volume {
			paths = List.copyOf(paths);
		}

	}

	/**
	 * Declares how health is found out.
	 *
	 * @param command null of words: {@code NONE}
	 * @param interval zero: the default, as all times here
	 * @param timeout of one check
	 * @param startPeriod in which failures do not count
	 * @param startInterval between checks in it
	 * @param retries zero: the default
	 */
	record Healthcheck(Place place, boolean none, Command command, Duration interval, Duration timeout,
			Duration startPeriod, Duration startInterval, int retries) implements Instruction {

	}

	/** Sets the signal that stops a container. */
	record StopSignal(Place place, String signal) implements Instruction {

	}

	/** Keeps an instruction for builds on top of this one. */
	record OnBuild(Place place, String expression) implements Instruction {

	}

	/** Names the author. */
	record Maintainer(Place place, String author) implements Instruction {

	}

}
