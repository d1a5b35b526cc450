package dev.caisson.web.container;

import dev.caisson.platform.container.ContainerOverview;
import dev.caisson.web.frame.Quantity;

/**
 * What a container uses, beside its limits.
 *
 * @param cpus processors, or a dash as long as nobody knows
 * @param cpuLimit processors, or none
 * @param cpuShare of a bar
 * @param memory or a dash
 * @param memoryLimit or none
 * @param memoryShare of a bar
 * @param processes or a dash
 * @param processLimit or none
 */
public record UseText(String cpus, String cpuLimit, String cpuShare, String memory, String memoryLimit,
		String memoryShare, String processes, String processLimit) {

	private static final String UNKNOWN = "–", NONE = "none";

	static UseText of(ContainerOverview container, Use use) {
		Long limit = container.processLimit();
		return new UseText((use.cpus() >= 0) ? Quantity.cpus(use.cpus()) : UNKNOWN,
				(container.nanoCpus() > 0) ? Quantity.cpus(container.nanoCpus()) : NONE,
				Quantity.share(use.cpus(), container.nanoCpus()),
				use.isKnown() ? Quantity.bytes(use.memory()) : UNKNOWN, Quantity.limit(container.memoryLimit()),
				Quantity.share(use.memory(), container.memoryLimit()),
				use.isKnown() ? Long.toString(use.processes()) : UNKNOWN,
				(limit != null && limit > 0) ? limit.toString() : NONE);
	}

}
