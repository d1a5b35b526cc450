package dev.caisson.platform.build;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.caisson.engine.image.ImageConfig;
import org.jspecify.annotations.Nullable;

/** An image's configuration while instructions change it. For one thread. */
final class Settings {

	private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

	private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

	private final List<String> environment;

	private final Map<String, String> labels;

	private final Set<String> ports;

	private final Set<String> volumes;

	final List<String> triggers;

	@Nullable List<String> entrypoint;

	@Nullable List<String> command;

	@Nullable String health;

	String user;

	String directory;

	String stopSignal;

	private @Nullable List<String> shell;

	private final @Nullable Integer stopTimeout;

	Settings(ImageConfig config) {
		this.environment = new ArrayList<>(config.env());
		this.labels = new LinkedHashMap<>(config.labels());
		this.ports = new TreeSet<>(config.exposedPorts());
		this.volumes = new TreeSet<>(config.volumes());
		this.triggers = new ArrayList<>(config.onBuild());
		this.entrypoint = config.entrypoint();
		this.command = config.cmd();
		this.health = config.healthcheck();
		this.user = config.user();
		this.directory = config.workingDir();
		this.stopSignal = config.stopSignal();
		this.shell = config.shell();
		this.stopTimeout = config.stopTimeout();
	}

	/** Those that a stage begins with: programs are found without further ado. */
	static Settings of(ImageConfig config) {
		Settings settings = new Settings(config);
		if (settings.variable("PATH") == null) {
			settings.set("PATH", DEFAULT_PATH);
		}
		return settings;
	}

	/** Those of no image. */
	static Settings empty() {
		return of(new ImageConfig(null, null, List.of(), "", "", Set.of(), Set.of(), Map.of(), "", null, null, null,
				List.of()));
	}

	ImageConfig toConfig() {
		return new ImageConfig(this.entrypoint, this.command, this.environment, this.user, this.directory, this.ports,
				this.volumes, this.labels, this.stopSignal, this.stopTimeout, this.health, this.shell, this.triggers);
	}

	/** The value of a variable, or null. */
	@Nullable String variable(String name) {
		for (String entry : this.environment) {
			if (entry.startsWith(name + "=")) {
				return entry.substring(name.length() + 1);
			}
		}
		return null;
	}

	Set<String> variableNames() {
		Set<String> names = new TreeSet<>();
		this.environment.forEach((entry) -> names.add(entry.split("=", 2)[0]));
		return names;
	}

	/** Sets a variable; it keeps its place if there is one. */
	void set(String name, String value) {
		this.environment.replaceAll((entry) -> entry.startsWith(name + "=") ? name + "=" + value : entry);
		if (variable(name) == null) {
			this.environment.add(name + "=" + value);
		}
	}

	void label(String name, String value) {
		this.labels.put(name, value);
	}

	void expose(String port) {
		this.ports.add(port);
	}

	void volume(String path) {
		this.volumes.add(path);
	}

	List<String> shell() {
		return (this.shell != null && !this.shell.isEmpty()) ? this.shell : DEFAULT_SHELL;
	}

	void setShell(List<String> words) {
		this.shell = words;
	}

}
