package dev.caisson.web.container;

import java.util.List;

/**
 * What the list shows.
 *
 * @param all containers
 * @param shown those that were asked for
 */
public record ContainerList(List<ContainerRow> all, List<ContainerRow> shown) {

	public String sentence() {
		long running = this.all.stream().filter((row) -> row.actions().stop()).count();
		long attention = this.all.stream().filter(ContainerRow::needsAttention).count();
		return switch (this.all.size()) {
			case 0 -> "There is none yet";
			default -> running + " of " + this.all.size() + " run" + ((attention > 0)
					? ", " + attention + " need" + ((attention == 1) ? "s" : "") + " attention" : "");
		};
	}

}
