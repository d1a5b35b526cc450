package dev.caisson.platform.container;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.platform.event.EventLog;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/** Removes containers that do not run. */
@Component
final class ContainerPruning {

	private static final Logger log = LoggerFactory.getLogger(ContainerPruning.class);

	private final ContainerRegistry registry;

	private final ContainerLifecycle lifecycle;

	private final ContainerSizes sizes;

	private final EventLog events;

	ContainerPruning(ContainerRegistry registry, ContainerLifecycle lifecycle, ContainerSizes sizes, EventLog events) {
		this.registry = registry;
		this.lifecycle = lifecycle;
		this.sizes = sizes;
		this.events = events;
	}

	/**
	 * Removes those that the filters leave: all that do not run if there are none.
	 * @param filters label, label!, until
	 */
	PruneView prune(ListFilters filters) {
		filters.allowOnly(Set.of("label", "label!", "until"));
		List<Instant> limits = filters.of("until")
			.stream()
			.map((text) -> QueryTime.parseOrAgo("until", text, Clock.systemUTC().instant()))
			.toList();
		if (limits.size() > 1) {
			throw new BadParameterException("more than one until filter specified");
		}
		List<String> deleted = new ArrayList<>();
		long reclaimed = 0;
		for (ContainerEntry entry : List.copyOf(this.registry.all())) {
			boolean old = limits.stream().allMatch((limit) -> entry.created().isBefore(limit));
			if (isIdle(entry) && old && hasLabels(entry, filters)) {
				long size = this.sizes.of(entry).own();
				if (remove(entry)) {
					deleted.add(entry.id().value());
					reclaimed += size;
				}
			}
		}
		this.events.publish("container", "prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
		return new PruneView(deleted, reclaimed);
	}

	private static boolean isIdle(ContainerEntry entry) {
		return !entry.isLive() && !entry.restarts().isWaiting() && !entry.isRemoving();
	}

	private static boolean hasLabels(ContainerEntry entry, ListFilters filters) {
		Map<String, String> labels = entry.definition().config().labels();
		List<String> unwanted = filters.of("label!");
		return ContainerFilter.hasLabels(labels, filters.of("label"))
				&& (unwanted.isEmpty() || !ContainerFilter.hasLabels(labels, unwanted));
	}

	/** What was started or removed meanwhile stays what it is. */
	private boolean remove(ContainerEntry entry) {
		try {
			this.lifecycle.remove(entry, false, false);
			return true;
		}
		catch (ContainerConflictException ex) {
			log.debug("{} is not pruned: {}", entry.id(), ex.getMessage());
			return false;
		}
	}

	/** Docker's ContainerPruneResponse. */
	record PruneView(@JsonProperty("ContainersDeleted") List<String> deleted,
			@JsonProperty("SpaceReclaimed") long reclaimed) {
	}

}
