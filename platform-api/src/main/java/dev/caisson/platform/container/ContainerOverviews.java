package dev.caisson.platform.container;

import java.time.Clock;
import java.util.Comparator;
import java.util.List;

import dev.caisson.engine.container.ContainerState.Phase;
import dev.caisson.platform.container.definition.HostConfig;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/** The containers as the dashboard lists them. Safe for use by many threads. */
@Component
public final class ContainerOverviews {

	/** {@code CpuPeriod} of one who set a quota alone, in microseconds. */
	private static final long DEFAULT_PERIOD = 100_000;

	private static final long NANOS = 1_000_000_000L;

	private final ContainerRegistry registry;

	private final ContainerInspection inspection;

	private final JsonMapper json;

	ContainerOverviews(ContainerRegistry registry, ContainerInspection inspection, JsonMapper json) {
		this.registry = registry;
		this.inspection = inspection;
		this.json = json;
	}

	public int count() {
		return this.registry.all().size();
	}

	public List<ContainerOverview> newestFirst() {
		return this.registry.all()
			.stream()
			.sorted(Comparator.comparing(ContainerEntry::created).reversed())
			.map(ContainerOverviews::summary)
			.toList();
	}

	/**
	 * One container.
	 * @param reference its id, name, or the beginning of its id
	 * @throws NoSuchContainerException if there is none
	 */
	public ContainerOverview find(String reference) {
		return summary(this.registry.find(reference));
	}

	/**
	 * All of one container as {@code docker inspect} has it, in lines.
	 * @throws NoSuchContainerException if there is none
	 */
	public String inspect(String reference) {
		return this.json.writerWithDefaultPrettyPrinter()
			.writeValueAsString(this.inspection.inspect(this.registry.find(reference), false));
	}

	private static ContainerOverview summary(ContainerEntry entry) {
		HostConfig host = entry.definition().hostConfig();
		return new ContainerOverview(entry.id().value(), entry.name(), entry.image(), entry.created(),
				StatusText.word(entry), StatusText.sentence(entry, Clock.systemUTC().instant()), health(entry),
				entry.state(), nanoCpus(host), host.memory(), host.pidsLimit(), host.privileged());
	}

	private static String health(ContainerEntry entry) {
		Health health = entry.health();
		return (health != null && entry.state().phase() == Phase.RUNNING) ? health.status().word() : "";
	}

	private static long nanoCpus(HostConfig host) {
		if (host.nanoCpus() > 0 || host.cpuQuota() <= 0) {
			return host.nanoCpus();
		}
		long period = (host.cpuPeriod() > 0) ? host.cpuPeriod() : DEFAULT_PERIOD;
		return (long) ((double) host.cpuQuota() / period * NANOS);
	}

}
