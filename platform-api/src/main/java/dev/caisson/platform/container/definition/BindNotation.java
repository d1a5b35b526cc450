package dev.caisson.platform.container.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MountSpec.Propagation;
import dev.caisson.engine.spec.MountSpec.Relabel;
import dev.caisson.platform.volume.VolumeName;

/**
 * {@code source:destination:options}, as {@code -v} writes it.
 *
 * @param source a host path or a volume's name; empty for an anonymous volume
 * @param destination where it appears
 * @param mode the options as they stand
 */
record BindNotation(String source, String destination, String mode) {

	private static final Set<String> PROPAGATIONS = Set.of("private", "rprivate", "shared", "rshared", "slave",
			"rslave");

	private static final List<Set<String>> CHOICES = List.of(Set.of("ro", "rw"), Set.of("z", "Z"), PROPAGATIONS,
			Set.of("nocopy"), Set.of("default", "consistent", "cached", "delegated"));

	static BindNotation parse(String text) {
		String[] parts = text.split(":", -1);
		if (parts.length > 3 || parts[0].isEmpty() || (parts.length > 1 && parts[1].isEmpty())) {
			throw malformed(text, "");
		}
		if (parts.length == 1) {
			return new BindNotation("", parts[0], "");
		}
		BindNotation bind = new BindNotation(parts[0], parts[1], (parts.length == 3) ? parts[2] : "");
		bind.checkDestination(text);
		bind.checkMode();
		if (bind.isVolume()) {
			VolumeName.check(bind.source());
		}
		return bind;
	}

	boolean isVolume() {
		return !this.source.startsWith("/");
	}

	boolean readOnly() {
		return options().contains("ro");
	}

	Relabel relabel() {
		if (options().contains("Z")) {
			return Relabel.PRIVATE;
		}
		return options().contains("z") ? Relabel.SHARED : Relabel.NONE;
	}

	Propagation propagation() {
		return propagation(options().stream().filter(PROPAGATIONS::contains).findFirst().orElse("rprivate"));
	}

	static boolean isPropagation(String word) {
		return PROPAGATIONS.contains(word);
	}

	static Propagation propagation(String word) {
		return Propagation.valueOf(word.toUpperCase(Locale.ROOT));
	}

	private List<String> options() {
		return this.mode.isEmpty() ? List.of() : List.of(this.mode.split(",", -1));
	}

	private void checkDestination(String text) {
		String type = isVolume() ? "volume" : "bind";
		if (!this.destination.startsWith("/")) {
			throw malformed(text, "invalid mount config for type \"" + type + "\": invalid mount path: '"
					+ this.destination + "' mount path must be absolute");
		}
		if (MountChoices.clean(this.destination).equals("/")) {
			throw malformed(text,
					"invalid mount config for type \"" + type + "\": invalid specification: destination can't be '/'");
		}
	}

	/** Each choice is made at most once, and only where it has a meaning. */
	private void checkMode() {
		List<Set<String>> open = new ArrayList<>(CHOICES);
		open.remove(isVolume() ? PROPAGATIONS : Set.of("nocopy"));
		for (String option : options()) {
			if (!open.removeIf((choice) -> choice.contains(option))) {
				throw new InvalidSpecException("HostConfig.Binds", "invalid mode: " + this.mode);
			}
		}
	}

	private static InvalidSpecException malformed(String text, String reason) {
		return new InvalidSpecException("HostConfig.Binds",
				"invalid volume specification: '" + text + "'" + (reason.isEmpty() ? "" : ": " + reason));
	}

}
