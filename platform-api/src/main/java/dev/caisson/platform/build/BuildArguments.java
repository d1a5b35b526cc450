package dev.caisson.platform.build;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The build arguments of one stage: those that it declares, with the value that the
 * client gave or the default; and the predefined ones, which no image remembers. Source:
 * the Dockerfile reference, "ARG".
 */
final class BuildArguments {

	private static final Set<String> PREDEFINED = Set.of("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
			"FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy");

	private final Map<String, @Nullable String> given;

	private final Map<String, String> globals;

	private final Set<String> used;

	private final Map<String, @Nullable String> declared = new LinkedHashMap<>();

	private BuildArguments(Map<String, @Nullable String> given, Map<String, String> globals, Set<String> used) {
		this.given = given;
		this.globals = globals;
		this.used = used;
	}

	/** Those before the first FROM. */
	static BuildArguments global(Map<String, @Nullable String> given) {
		return new BuildArguments(given, new LinkedHashMap<>(), new HashSet<>());
	}

	/** Those of a stage, which has none yet. */
	BuildArguments ofStage() {
		Map<String, String> values = new LinkedHashMap<>();
		this.declared.forEach((name, value) -> {
			String effective = value(name);
			if (effective != null) {
				values.put(name, effective);
			}
		});
		return new BuildArguments(this.given, values, this.used);
	}

	/**
	 * @param defaultValue null if there is none: then a global one's counts
	 */
	void declare(String name, @Nullable String defaultValue) {
		this.declared.put(name, (defaultValue != null) ? defaultValue : this.globals.get(name));
		this.used.add(name);
	}

	/** The value of an argument that is declared or predefined, or null. */
	@Nullable String value(String name) {
		boolean known = this.declared.containsKey(name);
		if (known && this.given.get(name) == null) {
			return this.given.containsKey(name) ? null : this.declared.get(name);
		}
		return (known || PREDEFINED.contains(name)) ? this.given.get(name) : null;
	}

	/**
	 * {@code NAME=value} of all arguments that a command sees, sorted, without those that
	 * the image's environment has.
	 * @param withPredefined also those that must not show in the image
	 */
	List<String> environment(Set<String> ofImage, boolean withPredefined) {
		Map<String, String> all = new TreeMap<>();
		Set<String> names = new HashSet<>(this.declared.keySet());
		if (withPredefined) {
			names.addAll(PREDEFINED);
		}
		else {
			names.removeIf((name) -> PREDEFINED.contains(name) && !this.declared.containsKey(name));
		}
		names.forEach((name) -> {
			String value = value(name);
			if (value != null && !ofImage.contains(name)) {
				all.put(name, value);
			}
		});
		List<String> environment = new ArrayList<>();
		all.forEach((name, value) -> environment.add(name + "=" + value));
		return environment;
	}

	/** Names that the client gave and nobody asked for. */
	List<String> unused() {
		return this.given.keySet()
			.stream()
			.filter((name) -> !this.used.contains(name) && !PREDEFINED.contains(name))
			.sorted()
			.toList();
	}

}
