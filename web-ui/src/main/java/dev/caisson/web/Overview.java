package dev.caisson.web;

import java.util.List;

/**
 * What the first page shows.
 *
 * @param running how many containers have a process
 * @param containers the newest first
 * @param ready whether the service could launch a container now
 * @param time of this answer
 */
public record Overview(long running, List<ContainerRow> containers, boolean ready, String host, String kernel,
		String socket, String time) {

	public List<ContainerRow> attention() {
		return this.containers.stream().filter(ContainerRow::needsAttention).toList();
	}

	public String sentence() {
		return switch (this.containers.size()) {
			case 0 -> "No containers";
			case 1 -> (this.running == 1) ? "One container, which runs," : "One container, which does not run,";
			default -> this.running + " of " + this.containers.size() + " containers run";
		};
	}

}
