package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.PublishedPort;
import org.jspecify.annotations.Nullable;

/**
 * Ports as they are written: {@code 80/tcp}, {@code 8000-8010/udp}.
 *
 * @param first the lowest
 * @param last the highest
 * @param protocol TCP if none is written
 */
public record PortNotation(int first, int last, PublishedPort.Protocol protocol) {

	private static final Pattern FORM = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?(?:/(tcp|udp|sctp))?",
			Pattern.CASE_INSENSITIVE);

	private static final int HIGHEST = 65_535;

	/**
	 * Reads one.
	 * @param field where it comes from
	 * @throws InvalidSpecException if it is none
	 */
	public static PortNotation parse(String field, String text) {
		Matcher matcher = FORM.matcher(text);
		if (!matcher.matches() || !inRange(matcher)) {
			throw new InvalidSpecException(field, "invalid port specification: \"" + text + "\"");
		}
		int first = Integer.parseInt(matcher.group(1));
		int last = (matcher.group(2) != null) ? Integer.parseInt(matcher.group(2)) : first;
		return new PortNotation(first, last,
				PublishedPort.Protocol.named((matcher.group(3) != null) ? matcher.group(3) : "tcp"));
	}

	/** Whether all of the others are among these. */
	public boolean contains(PortNotation other) {
		return this.protocol == other.protocol && this.first <= other.first && other.last <= this.last;
	}

	static void check(ContainerConfig config, HostConfig host) {
		config.exposedPorts().keySet().forEach((port) -> parse("Config.ExposedPorts", port));
		host.portBindings().forEach(PortNotation::checkBinding);
	}

	private static void checkBinding(String port, @Nullable List<HostConfig.PortBinding> bindings) {
		parse("HostConfig.PortBindings", port);
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

	private static boolean inRange(Matcher matcher) {
		int first = Integer.parseInt(matcher.group(1));
		int last = (matcher.group(2) != null) ? Integer.parseInt(matcher.group(2)) : first;
		return first <= last && last <= HIGHEST;
	}

}
