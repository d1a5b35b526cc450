package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.caisson.engine.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/** Ports as they are written: {@code 80/tcp}, {@code 8000-8010/udp}. */
final class PortNotation {

	private static final Pattern FORM = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?(?:/(tcp|udp|sctp))?",
			Pattern.CASE_INSENSITIVE);

	private static final int HIGHEST = 65_535;

	private PortNotation() {
	}

	static void check(ContainerConfig config, HostConfig host) {
		config.exposedPorts().keySet().forEach((port) -> check("Config.ExposedPorts", port));
		host.portBindings().forEach(PortNotation::checkBinding);
	}

	private static void checkBinding(String port, @Nullable List<HostConfig.PortBinding> bindings) {
		check("HostConfig.PortBindings", port);
		for (HostConfig.PortBinding binding : Absent.list(bindings)) {
			if (!binding.hostPort().isEmpty()) {
				Matcher matcher = FORM.matcher(binding.hostPort());
				if (!matcher.matches() || matcher.group(3) != null || !inRange(matcher)) {
					throw new InvalidSpecException("HostConfig.PortBindings",
							"invalid port specification: \"" + binding.hostPort() + "\"");
				}
			}
		}
	}

	private static void check(String field, String port) {
		Matcher matcher = FORM.matcher(port);
		if (!matcher.matches() || !inRange(matcher)) {
			throw new InvalidSpecException(field, "invalid port specification: \"" + port + "\"");
		}
	}

	private static boolean inRange(Matcher matcher) {
		int first = Integer.parseInt(matcher.group(1));
		int last = (matcher.group(2) != null) ? Integer.parseInt(matcher.group(2)) : first;
		return first <= last && last <= HIGHEST;
	}

}
