package dev.caisson.platform.container;

import java.util.List;

import dev.caisson.platform.server.ListFilters;

import org.springframework.stereotype.Component;

/** How much room containers take. Safe for use by many threads. */
@Component
public final class ContainerUsage {

	private final ContainerListing listing;

	ContainerUsage(ContainerListing listing) {
		this.listing = listing;
	}

	/** All containers in Docker's form, with their sizes. */
	public List<?> measured() {
		return this.listing.list(ListFilters.parse(null), true, null, true);
	}

}
