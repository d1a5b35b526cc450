package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.OptionalInt;

import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.ProcessSpec;
import dev.caisson.engine.spec.ProcessSpec.ResourceLimit;

/** What runs. */
final class ProcessWords {

	private ProcessWords() {
	}

	static ProcessSpec translate(ContainerConfig config, HostConfig host, String hostname) {
		return new ProcessSpec(config.commandLine(), Environment.of(hostname, config.tty(), config.env()),
				Absent.text(config.workingDir(), "/"), config.user(), host.groupAdd(), config.tty(), config.openStdin(),
				Boolean.TRUE.equals(host.init()), limits(host),
				(host.oomScoreAdj() != 0) ? OptionalInt.of(host.oomScoreAdj()) : OptionalInt.empty());
	}

	private static List<ResourceLimit> limits(HostConfig host) {
		return host.ulimits().stream().map(ProcessWords::limit).toList();
	}

	private static ResourceLimit limit(HostConfig.Ulimit limit) {
		if (limit.soft() < -1 || limit.hard() < -1) {
			throw new InvalidSpecException("HostConfig.Ulimits",
					"invalid ulimit " + limit.name() + ": use a positive number, or -1 for unlimited");
		}
		return new ResourceLimit(ResourceLimit.Kind.named(limit.name()), limit.soft(), limit.hard());
	}

}
