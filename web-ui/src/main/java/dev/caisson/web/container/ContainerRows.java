package dev.caisson.web.container;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.caisson.platform.container.ContainerOverview;
import dev.caisson.platform.container.ContainerOverviews;
import dev.caisson.platform.evidence.Evidence;
import dev.caisson.platform.evidence.Observed;

import org.springframework.stereotype.Component;

/** Puts the lines of lists together. Safe for use by many threads. */
@Component
public final class ContainerRows {

	private final ContainerOverviews overviews;

	private final UseRates rates;

	private final Evidence evidence;

	ContainerRows(ContainerOverviews overviews, UseRates rates, Evidence evidence) {
		this.overviews = overviews;
		this.rates = rates;
		this.evidence = evidence;
	}

	/** The newest first. */
	public List<ContainerRow> all() {
		Map<String, Use> use = this.rates.all();
		Map<String, Observed> observed = this.evidence.latest()
			.stream()
			.collect(Collectors.toMap(Observed::container, Function.identity(), (first, _) -> first));
		return this.overviews.newestFirst().stream().map((each) -> row(each, use, observed)).toList();
	}

	private static ContainerRow row(ContainerOverview container, Map<String, Use> use, Map<String, Observed> observed) {
		Observed seen = observed.get(container.id());
		return ContainerRow.of(container, use.getOrDefault(container.id(), Use.NONE),
				(seen != null) ? IsolationCount.of(seen) : IsolationCount.NONE);
	}

}
