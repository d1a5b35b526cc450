package dev.caisson.platform.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.LayerSource;
import dev.caisson.platform.build.dockerfile.Command;
import dev.caisson.platform.build.dockerfile.Expansion;
import dev.caisson.platform.build.dockerfile.Instruction;
import dev.caisson.platform.build.dockerfile.Pair;
import org.jspecify.annotations.Nullable;

/**
 * A stage while it is built: an image that grows by a step with each instruction. For one
 * thread.
 */
final class StageBuild {

	private static final String COMMENT = "#(nop) ";

	private final Build build;

	private final int index;

	private final BuildArguments arguments;

	private final Settings settings;

	private @Nullable Image image;

	private String author;

	private boolean commandSet;

	/**
	 * @param base the image to begin with, or null for none
	 */
	StageBuild(Build build, int index, BuildArguments arguments, @Nullable Image base) {
		this.build = build;
		this.index = index;
		this.arguments = arguments;
		this.image = base;
		this.settings = (base != null) ? Settings.of(base.config()) : Settings.empty();
		this.author = (base != null) ? base.author() : "";
	}

	/** What has come of it so far; null before the first step on top of nothing. */
	@Nullable Image image() {
		return this.image;
	}

	int index() {
		return this.index;
	}

	Settings settings() {
		return this.settings;
	}

	BuildArguments arguments() {
		return this.arguments;
	}

	String author() {
		return this.author;
	}

	/** Takes the instructions that the image kept for builds on top of it. */
	List<String> takeTriggers() {
		List<String> triggers = List.copyOf(this.settings.triggers);
		this.settings.triggers.clear();
		return triggers;
	}

	void execute(Instruction instruction) throws IOException {
		switch (instruction) {
			case Instruction.From _ -> throw new IllegalStateException("FROM begins a stage");
			case Instruction.Run run -> new RunStep(this.build, this).execute(run);
			case Instruction.Copy copy -> new CopyStep(this.build, this).execute(copy);
			case Instruction.Workdir workdir -> new CopyStep(this.build, this).makeDirectory(expand(workdir.path()));
			case Instruction.Env env -> environment(env);
			case Instruction.Label label -> labels(label);
			case Instruction.Arg arg -> arguments(arg);
			case Instruction.User user -> {
				this.settings.user = expand(user.user());
				note("USER " + this.settings.user);
			}
			case Instruction.Cmd cmd -> command(cmd.command());
			case Instruction.Entrypoint entrypoint -> entrypoint(entrypoint.command());
			case Instruction.Shell shell -> {
				this.settings.setShell(shell.words());
				note("SHELL [" + String.join(" ", shell.words()) + "]");
			}
			case Instruction.Expose expose -> expose(expose);
			case Instruction.Volume volume -> volume(volume);
			case Instruction.Healthcheck health -> {
				this.settings.health = HealthText.json(health);
				note("HEALTHCHECK " + HealthText.quoted(health));
			}
			case Instruction.StopSignal signal -> stopSignal(expand(signal.signal()));
			case Instruction.OnBuild trigger -> {
				this.settings.triggers.add(trigger.expression());
				note("ONBUILD " + trigger.expression());
			}
			case Instruction.Maintainer maintainer -> {
				this.author = maintainer.author();
				note("MAINTAINER " + this.author);
			}
		}
	}

	private void environment(Instruction.Env env) throws IOException {
		List<String> texts = new ArrayList<>();
		List<Pair> pairs = new ArrayList<>();
		// all see the environment as it was before
		for (Pair pair : env.pairs()) {
			pairs.add(new Pair(expand(pair.name()), expand(Objects.requireNonNullElse(pair.value(), ""))));
		}
		for (Pair pair : pairs) {
			String value = Objects.requireNonNullElse(pair.value(), "");
			this.settings.set(pair.name(), value);
			texts.add(pair.name() + "=" + value);
		}
		note("ENV " + String.join(" ", texts));
	}

	private void labels(Instruction.Label label) throws IOException {
		StringBuilder text = new StringBuilder("LABEL");
		for (Pair pair : label.pairs()) {
			String name = expand(pair.name());
			String value = expand(Objects.requireNonNullElse(pair.value(), ""));
			this.settings.label(name, value);
			text.append(' ').append(name).append('=').append(value);
		}
		note(text.toString());
	}

	private void arguments(Instruction.Arg arg) throws IOException {
		StringBuilder text = new StringBuilder("ARG");
		for (Pair pair : arg.pairs()) {
			String name = expand(pair.name());
			String value = (pair.value() != null) ? expand(pair.value()) : null;
			this.arguments.declare(name, value);
			text.append(' ').append(name).append((value != null) ? "=" + value : "");
		}
		note(text.toString());
	}

	private void command(Command command) throws IOException {
		List<String> words = command.arguments(this.settings.shell());
		this.settings.command = words;
		this.commandSet = !command.words().isEmpty();
		note("CMD " + quoted(words));
	}

	private void entrypoint(Command command) throws IOException {
		List<String> words = command.words().isEmpty() ? null : command.arguments(this.settings.shell());
		this.settings.entrypoint = words;
		if (!this.commandSet) {
			// an inherited command belongs to the entry point that goes
			this.settings.command = null;
		}
		note("ENTRYPOINT " + quoted((words != null) ? words : List.of()));
	}

	private void expose(Instruction.Expose expose) throws IOException {
		List<String> words = expansion((text) -> text.words(expose.ports()));
		for (String word : words) {
			Ports.parse(word).forEach(this.settings::expose);
		}
		note("EXPOSE " + String.join(" ", words.stream().sorted().toList()));
	}

	private void volume(Instruction.Volume volume) throws IOException {
		List<String> paths = new ArrayList<>();
		for (String path : volume.paths()) {
			String expanded = expand(path);
			if (expanded.isBlank()) {
				throw new BuildException("VOLUME specified can not be an empty string");
			}
			this.settings.volume(expanded);
			paths.add(expanded);
		}
		note("VOLUME [" + String.join(" ", paths) + "]");
	}

	private void stopSignal(String signal) throws IOException {
		if (dev.caisson.engine.linux.SignalNumber.parse(signal).isEmpty()) {
			throw new BuildException("Invalid signal: " + signal);
		}
		this.settings.stopSignal = signal;
		note("STOPSIGNAL " + signal);
	}

	/** As Go prints a list with quotes. */
	static String quoted(List<String> words) {
		return "[" + String.join(" ", words.stream().map(StageBuild::quoted).toList()) + "]";
	}

	static String quoted(String word) {
		return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t") + '"';
	}

	/**
	 * A text with its variables replaced and its quotes taken away.
	 * @throws BuildException if it is malformed
	 */
	String expand(String text) {
		return expansion((expansion) -> expansion.word(text));
	}

	<T> T expansion(java.util.function.Function<Expansion, T> work) {
		try {
			return work.apply(new Expansion(this.build.escape(), this::variable));
		}
		catch (IllegalArgumentException ex) {
			throw new BuildException(String.valueOf(ex.getMessage()));
		}
	}

	private @Nullable String variable(String name) {
		String value = this.settings.variable(name);
		return (value != null) ? value : this.arguments.value(name);
	}

	/** A step that changes only the configuration. */
	private void note(String comment) throws IOException {
		step(createdBy(COMMENT + " " + comment), null);
	}

	/** How Docker's history tells of a step. */
	String createdBy(String words) {
		return String.join(" ", this.settings.shell()) + " " + words;
	}

	/** A step: found in the cache, or made. */
	void step(String createdBy, @Nullable LayerSource changes) throws IOException {
		if (!useCache(createdBy)) {
			commit(createdBy, changes);
		}
	}

	/** Whether the step was made before: then it need not be made again. */
	boolean useCache(String createdBy) {
		this.build.checkCanceled();
		boolean found = this.build.images().cached(key(createdBy)).map((cached) -> {
			this.image = cached;
			return true;
		}).orElse(false);
		if (found) {
			this.build.output().line(" ---> Using cache");
		}
		return found;
	}

	void commit(String createdBy, @Nullable LayerSource changes) throws IOException {
		this.image = this.build.images()
			.commit(this.image, this.settings.toConfig(), createdBy, this.author, key(createdBy), changes);
	}

	private String key(String createdBy) {
		return StepCache.key((this.image != null) ? this.image.id() : null, this.author + "\n" + createdBy);
	}

}
