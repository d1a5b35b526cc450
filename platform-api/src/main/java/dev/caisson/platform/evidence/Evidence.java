package dev.caisson.platform.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.caisson.engine.evidence.Finding;
import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.platform.container.DeclaredContainers;
import dev.caisson.platform.container.DeclaredContainers.Declared;
import dev.caisson.platform.evidence.Observed.Cause;
import dev.caisson.platform.evidence.Observed.Drift;
import dev.caisson.platform.event.EventLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Observes containers, seals what was seen, and tells of drift. <pre>
 *   observe --> compare with the last --> seal, if there is news --> remember
 *                     \--> new differences: an event, a count
 * </pre> Safe for use by many threads.
 */
@Component
public final class Evidence {

	/** The action of the records in which reports are sealed. */
	public static final String ACTION = "isolation.report";

	/** How often execs of one container are worth a record, if nothing has changed. */
	private static final Duration RESEALED_AFTER = Duration.ofMinutes(1);

	private final DeclaredContainers containers;

	private final AuditLog log;

	private final EventLog events;

	private final ExecRecords execs;

	private final Counter driftCount;

	private final ConcurrentMap<String, Observed> latest = new ConcurrentHashMap<>();

	Evidence(DeclaredContainers containers, AuditLog log, EventLog events, ExecRecords execs, MeterRegistry meters) {
		this.containers = containers;
		this.log = log;
		this.events = events;
		this.execs = execs;
		this.driftCount = Counter.builder("caisson.isolation.drift")
			.description("differences between declared and observed isolation that appeared while containers ran")
			.register(meters);
	}

	/**
	 * Observes a container now.
	 * @param reference its id, name or the beginning of its id
	 * @throws NotRunningException if it does not run
	 */
	public Observed observe(String reference) {
		Declared container = this.containers.find(reference);
		return observe(container, Cause.REQUEST).orElseThrow(() -> new NotRunningException(container.name()));
	}

	/** The latest report of a container, of an ended run too; empty if there is none. */
	public Optional<Observed> latest(String reference) {
		return Optional.ofNullable(this.latest.get(this.containers.find(reference).id()));
	}

	/** The latest reports of all containers. */
	public List<Observed> latest() {
		return List.copyOf(this.latest.values());
	}

	/**
	 * Judges a container by the CIS benchmark's controls.
	 * @throws NotRunningException if it does not run
	 */
	public List<Control> judge(String reference) {
		Declared container = this.containers.find(reference);
		Observed observed = observe(container, Cause.REQUEST)
			.orElseThrow(() -> new NotRunningException(container.name()));
		return Compliance.judge(new Facts(observed.report(), container.definition(), HostMounts.read(),
				programs(container), this.execs.of(container.id())));
	}

	/** The names in proc_pid_comm(5) of all its processes. */
	private static List<String> programs(Declared container) {
		List<String> programs = new ArrayList<>();
		for (int pid : container.container().processes()) {
			try {
				programs
					.add(Files.readString(Path.of("/proc", Integer.toString(pid), "comm"), StandardCharsets.ISO_8859_1)
						.strip());
			}
			catch (IOException ended) {
				continue;
			}
		}
		return programs;
	}

	/** Observes one for a reason; empty if it does not run. */
	Optional<Observed> observe(Declared container, Cause cause) {
		Observed before = this.latest.get(container.id());
		// a filter cannot be taken off: within one run it is read back once
		boolean first = before == null || cause == Cause.START || before.report().filters().isEmpty();
		Optional<IsolationReport> report = container.container().observe(container.specification().get(), first);
		return report.map((seen) -> {
			boolean sameRun = before != null && before.report().startTime() == seen.startTime()
					&& before.report().pid() == seen.pid();
			IsolationReport whole = (sameRun && !first) ? seen.withFilters(before.report()) : seen;
			return remember(container, cause, whole, sameRun ? before : null);
		});
	}

	private Observed remember(Declared container, Cause cause, IsolationReport report, @Nullable Observed before) {
		List<Drift> drift = drift(report, before);
		List<Drift> fresh = drift.stream().filter((each) -> before == null || !before.drift().contains(each)).toList();
		boolean drifted = before != null && !fresh.isEmpty();
		boolean sealed = before == null || drifted || cause == Cause.UPDATE || cause == Cause.EXEC && isOld(before);
		long record = sealed ? seal(container, report, drifted ? Cause.DRIFT : cause) : before.record();
		Observed observed = new Observed(container.id(), container.name(), cause, report, record,
				sealed ? report.observedAt() : before.sealedAt(), drift);
		this.latest.put(container.id(), observed);
		if (drifted) {
			fresh.forEach((each) -> tell(container, each));
		}
		return observed;
	}

	/** A health check is an exec, too, and may come every second. */
	private static boolean isOld(Observed before) {
		return before.sealedAt().plus(RESEALED_AFTER).isBefore(Instant.now());
	}

	/** Each difference with the time since when it has been seen. */
	private static List<Drift> drift(IsolationReport report, @Nullable Observed before) {
		return report.differences()
			.stream()
			.map((finding) -> new Drift(finding, since(finding, report, before)))
			.toList();
	}

	private static Instant since(Finding finding, IsolationReport report, @Nullable Observed before) {
		return (before == null) ? report.observedAt()
				: before.drift()
					.stream()
					.filter((known) -> known.finding().equals(finding))
					.map(Drift::since)
					.findFirst()
					.orElse(report.observedAt());
	}

	private long seal(Declared container, IsolationReport report, Cause cause) {
		boolean sound = report.differences().isEmpty();
		return this.log
			.append(new AuditEntry(AuditEntry.Kind.EVENT, "", Actor.SERVICE, "", ACTION, "containers/" + container.id(),
					sound ? AuditEntry.SUCCESS : AuditEntry.FAILURE, ReportForm.sealed(report, cause)))
			.sequence();
	}

	private void tell(Declared container, Drift drift) {
		this.driftCount.increment();
		this.events.publish("container", "isolation_drift", container.id(),
				Map.of("name", container.name(), "image", container.image(), "mechanism",
						drift.finding().mechanism().name().toLowerCase(Locale.ROOT), "item", drift.finding().item(),
						"declared", drift.finding().declared(), "observed", drift.finding().observed()));
	}

	/** Forgets a container that is gone. */
	void forget(String id) {
		this.latest.remove(id);
	}

}
