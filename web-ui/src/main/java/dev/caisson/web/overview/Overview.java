package dev.caisson.web.overview;

import java.time.Instant;
import java.util.List;

import dev.caisson.web.container.ContainerRow;
import dev.caisson.web.frame.Quantity;

/**
 * What the first page shows.
 *
 * @param rows all containers, the newest first
 * @param ready whether the service could launch a container now
 * @param host its figures
 * @param socket of the Docker API
 * @param events the latest first
 */
public record Overview(List<ContainerRow> rows, boolean ready, HostLoad host, String socket, List<Happening> events) {

	/** Rows on the first page; more are one click away. */
	private static final int MOST_ROWS = 12;

	public List<ContainerRow> attention() {
		return this.rows.stream().filter(ContainerRow::needsAttention).toList();
	}

	public List<ContainerRow> first() {
		return this.rows.stream().limit(MOST_ROWS).toList();
	}

	public boolean hasMore() {
		return this.rows.size() > MOST_ROWS;
	}

	public long running() {
		return this.rows.stream().filter((row) -> row.actions().stop()).count();
	}

	private long proven() {
		return this.rows.stream().mapToLong((row) -> row.isolation().proven()).sum();
	}

	private long declared() {
		return this.rows.stream().mapToLong((row) -> row.isolation().of()).sum();
	}

	public long drifted() {
		return this.rows.stream().mapToLong((row) -> row.isolation().drifted()).sum();
	}

	/** Rounded down: all is said only of all. */
	public String provenShare() {
		return (declared() > 0) ? proven() * 100 / declared() + "%" : "–";
	}

	public String provenOf() {
		return (declared() > 0) ? "of " + Quantity.count(declared()) + " declared" : "nothing observed yet";
	}

	public String sentence() {
		return switch (this.rows.size()) {
			case 0 -> "No containers";
			case 1 -> (running() == 1) ? "One container, which runs," : "One container, which does not run,";
			default -> running() + " of " + this.rows.size() + " containers run";
		};
	}

	/**
	 * Something that happened.
	 *
	 * @param time when
	 * @param container its id; empty if it was none
	 * @param name of what it happened to
	 * @param what happened
	 */
	public record Happening(Instant time, String container, String name, String what) {
	}

}
