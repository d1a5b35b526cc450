package dev.caisson.platform.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.linux.SignalNumber;
import dev.caisson.platform.build.dockerfile.Dockerfile;
import dev.caisson.platform.build.dockerfile.DockerfileException;
import dev.caisson.platform.build.dockerfile.Expansion;
import dev.caisson.platform.build.dockerfile.Instruction;
import dev.caisson.platform.build.dockerfile.Pair;
import dev.caisson.platform.build.dockerfile.Place;
import dev.caisson.platform.server.BadParameterException;

/** The instructions of a Dockerfile that {@code --change} applies to a configuration. */
public final class ConfigChanges {

	private static final Set<String> ALLOWED = Set.of("CMD", "ENTRYPOINT", "HEALTHCHECK", "ENV", "EXPOSE", "LABEL",
			"ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR");

	private final Settings settings;

	private ConfigChanges(ImageConfig config) {
		this.settings = new Settings(config);
	}

	/**
	 * Applies them in order.
	 * @param changes one instruction each, or several in lines
	 * @throws BadParameterException in Docker's words if one is malformed, or changes
	 * more than a configuration
	 */
	public static ImageConfig apply(ImageConfig config, List<String> changes) {
		List<String> lines = changes.stream().flatMap(String::lines).filter((line) -> !line.isBlank()).toList();
		if (lines.isEmpty()) {
			return config;
		}
		ConfigChanges work = new ConfigChanges(config);
		lines.forEach(work::apply);
		return work.settings.toConfig();
	}

	private void apply(String line) {
		String name = line.strip().split("\\s+", 2)[0].toUpperCase(Locale.ROOT);
		if (!ALLOWED.contains(name)) {
			throw new BadParameterException(name + " is not a valid change command");
		}
		try {
			apply(name.equals("ONBUILD")
					? new Instruction.OnBuild(new Place(0, line), line.strip().substring(name.length()).strip())
					: Dockerfile.parseTrigger(line.strip()));
		}
		catch (DockerfileException | BuildException | IllegalArgumentException ex) {
			throw new BadParameterException(String.valueOf(ex.getMessage()));
		}
	}

	private void apply(Instruction instruction) {
		switch (instruction) {
			case Instruction.Env env -> pairs(env.pairs())
				.forEach((pair) -> this.settings.set(pair.name(), Objects.requireNonNullElse(pair.value(), "")));
			case Instruction.Label label -> pairs(label.pairs())
				.forEach((pair) -> this.settings.label(pair.name(), Objects.requireNonNullElse(pair.value(), "")));
			case Instruction.User user -> this.settings.user = expand(user.user());
			case Instruction.Workdir workdir -> this.settings.directory = directory(expand(workdir.path()));
			case Instruction.Cmd cmd -> this.settings.command = cmd.command().arguments(this.settings.shell());
			case Instruction.Entrypoint entrypoint -> this.settings.entrypoint = entrypoint.command().words().isEmpty()
					? null : entrypoint.command().arguments(this.settings.shell());
			case Instruction.Expose expose ->
				expansion().words(expose.ports()).forEach((port) -> Ports.parse(port).forEach(this.settings::expose));
			case Instruction.Volume volume -> volume.paths().forEach((path) -> this.settings.volume(expand(path)));
			case Instruction.Healthcheck health -> this.settings.health = HealthText.json(health);
			case Instruction.StopSignal signal -> this.settings.stopSignal = signal(expand(signal.signal()));
			case Instruction.OnBuild trigger -> this.settings.triggers.add(trigger.expression());
			case Instruction.From _, Instruction.Run _, Instruction.Copy _, Instruction.Arg _, Instruction.Shell _,
					Instruction.Maintainer _ ->
				throw new IllegalStateException("not among those that are allowed");
		}
	}

	private List<Pair> pairs(List<Pair> written) {
		List<Pair> expanded = new ArrayList<>();
		for (Pair pair : written) {
			expanded.add(new Pair(expand(pair.name()), expand(Objects.requireNonNullElse(pair.value(), ""))));
		}
		return expanded;
	}

	private String directory(String path) {
		if (path.startsWith("/")) {
			return path;
		}
		String before = this.settings.directory;
		return (before.endsWith("/") ? before : before + "/") + path;
	}

	private static String signal(String signal) {
		if (SignalNumber.parse(signal).isEmpty()) {
			throw new BadParameterException("Invalid signal: " + signal);
		}
		return signal;
	}

	private Expansion expansion() {
		return new Expansion('\\', this.settings::variable);
	}

	private String expand(String text) {
		return expansion().word(text);
	}

}
