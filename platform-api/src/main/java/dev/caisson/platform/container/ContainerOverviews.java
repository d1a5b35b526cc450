package dev.caisson.platform.container;

import java.util.Comparator;
import java.util.List;

import dev.caisson.platform.container.definition.HostConfig;

import org.springframework.stereotype.Component;

/** The containers as the dashboard lists them. Safe for use by many threads. */
@Component
public final class ContainerOverviews {

	/** {@code CpuPeriod} of one who set a quota alone, in microseconds. */
	private static final long DEFAULT_PERIOD = 100_000;

	private static final long NANOS = 1_000_000_000L;

	private final ContainerRegistry registry;

	ContainerOverviews(ContainerRegistry registry) {
		this.registry = registry;
	}

	public List<ContainerOverview> newestFirst() {
		return this.registry.all()
			.stream()
			.sorted(Comparator.comparing(ContainerEntry::created).reversed())
			.map(ContainerOverviews::summary)
			.toList();
	}

	private static ContainerOverview summary(ContainerEntry entry) {
		HostConfig host = entry.definition().hostConfig();
		return new ContainerOverview(entry.id().value(), entry.name(), entry.image(), entry.state(), nanoCpus(host),
				host.memory(), host.pidsLimit(), host.privileged());
	}

	private static long nanoCpus(HostConfig host) {
		if (host.nanoCpus() > 0 || host.cpuQuota() <= 0) {
			return host.nanoCpus();
		}
		long period = (host.cpuPeriod() > 0) ? host.cpuPeriod() : DEFAULT_PERIOD;
		return (long) ((double) host.cpuQuota() / period * NANOS);
	}

}
