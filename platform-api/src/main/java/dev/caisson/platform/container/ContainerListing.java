package dev.caisson.platform.container;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.server.ListFilters;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Lists containers, the youngest first. */
@Component
final class ContainerListing {

	private static final Comparator<ContainerEntry> YOUNGEST_FIRST = Comparator.comparing(ContainerEntry::created)
		.reversed();

	private final ContainerRegistry registry;

	private final ImageStore images;

	private final ContainerSizes sizes;

	private final ContainerNetworks networks;

	ContainerListing(ContainerRegistry registry, ImageStore images, ContainerSizes sizes, ContainerNetworks networks) {
		this.networks = networks;
		this.registry = registry;
		this.images = images;
		this.sizes = sizes;
	}

	List<ContainerSummary> list(ListFilters filters, boolean all, @Nullable Integer limit, boolean withSize) {
		ContainerFilter filter = new ContainerFilter(filters, this.registry, new ImageDescendants(this.images)::of,
				this.networks::isOn);
		boolean limited = limit != null && limit > 0;
		Predicate<ContainerEntry> shown = (all || limited || filter.includesStopped()) ? (_) -> true
				: (entry) -> entry.isLive() || entry.restarts().isWaiting();
		Stream<ContainerEntry> entries = this.registry.all()
			.stream()
			.sorted(YOUNGEST_FIRST)
			.filter(shown)
			.filter(filter::matches);
		Instant now = Clock.systemUTC().instant();
		Map<String, String> names = new HashMap<>();
		return (limited ? entries.limit(limit) : entries)
			.map((entry) -> ContainerSummary.of(entry, imageName(entry, names), withSize ? this.sizes.of(entry) : null,
					this.networks, now))
			.toList();
	}

	/** The name the container was made with, as long as it means the same image. */
	private String imageName(ContainerEntry entry, Map<String, String> known) {
		return known.computeIfAbsent(entry.image() + " " + entry.imageId(), (_) -> {
			try {
				boolean same = this.images.find(entry.image()).id().equals(entry.imageId());
				return same ? entry.image() : entry.imageId().toString();
			}
			catch (ImageNotFoundException ex) {
				return entry.imageId().toString();
			}
		});
	}

}
