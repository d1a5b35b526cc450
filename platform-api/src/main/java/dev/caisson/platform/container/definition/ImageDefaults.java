package dev.caisson.platform.container.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.caisson.engine.image.ImageConfig;
import dev.caisson.platform.container.definition.ContainerConfig.Empty;
import dev.caisson.platform.container.definition.ContainerConfig.HealthConfig;
import org.jspecify.annotations.Nullable;

/** Fills what a request leaves open from the image's configuration, as Docker does. */
final class ImageDefaults {

	private static final List<String> RESET = List.of("");

	private ImageDefaults() {
	}

	static ContainerConfig merge(ContainerConfig config, ImageConfig image) {
		Command command = Command.merge(config, image);
		return new ContainerConfig(config.hostname(), config.domainname(), Absent.text(config.user(), image.user()),
				config.attachStdin(), config.attachStdout(), config.attachStderr(),
				union(config.exposedPorts(), image.exposedPorts()), config.tty(), config.openStdin(),
				config.stdinOnce(), environment(config.env(), image.env()), command.cmd(),
				health(config.healthcheck(), image.healthcheck()), config.argsEscaped(), config.image(),
				union(config.volumes(), image.volumes()), Absent.text(config.workingDir(), image.workingDir()),
				command.entrypoint(), config.networkDisabled(), config.macAddress(),
				(image.onBuild().isEmpty()) ? config.onBuild() : image.onBuild(),
				labels(config.labels(), image.labels()), stopSignal(config.stopSignal(), image.stopSignal()),
				(config.stopTimeout() != null) ? config.stopTimeout() : image.stopTimeout(),
				(config.shell() != null) ? config.shell() : image.shell());
	}

	private static @Nullable String stopSignal(@Nullable String given, String ofImage) {
		String signal = Absent.text(given, ofImage);
		return signal.isEmpty() ? null : signal;
	}

	private static Map<String, Empty> union(Map<String, Empty> given, Set<String> ofImage) {
		Map<String, Empty> all = new TreeMap<>(given);
		ofImage.forEach((key) -> all.putIfAbsent(key, new Empty()));
		return all;
	}

	private static Map<String, String> labels(Map<String, String> given, Map<String, String> ofImage) {
		Map<String, String> all = new LinkedHashMap<>(ofImage);
		all.putAll(given);
		return all;
	}

	/** What was given stands first; of the image's comes what was not given. */
	private static List<String> environment(List<String> given, List<String> ofImage) {
		List<String> all = new ArrayList<>(given);
		List<String> names = given.stream().map(Environment::name).toList();
		ofImage.stream().filter((entry) -> !names.contains(Environment.name(entry))).forEach(all::add);
		return all;
	}

	private static @Nullable HealthConfig health(@Nullable HealthConfig given, @Nullable String imageJson) {
		if (imageJson == null) {
			return given;
		}
		HealthConfig image = DockerJson.read(imageJson, HealthConfig.class);
		if (given == null) {
			return image;
		}
		return new HealthConfig(given.test().isEmpty() ? image.test() : given.test(),
				orElse(given.interval(), image.interval()), orElse(given.timeout(), image.timeout()),
				orElse(given.startPeriod(), image.startPeriod()), orElse(given.startInterval(), image.startInterval()),
				(given.retries() != 0) ? given.retries() : image.retries());
	}

	private static long orElse(long given, long otherwise) {
		return (given != 0) ? given : otherwise;
	}

	/**
	 * Entry point and command belong together: whoever replaces the entry point does not
	 * want the image's command with it.
	 */
	private record Command(@Nullable List<String> entrypoint, @Nullable List<String> cmd) {

		static Command merge(ContainerConfig config, ImageConfig image) {
			List<String> entrypoint = config.entrypoint();
			List<String> cmd = config.cmd();
			if (entrypoint == null || entrypoint.isEmpty()) {
				cmd = (cmd == null || cmd.isEmpty()) ? image.cmd() : cmd;
				entrypoint = (entrypoint == null) ? image.entrypoint() : entrypoint;
			}
			return new Command(RESET.equals(entrypoint) ? null : entrypoint, cmd);
		}

	}

}
