package dev.caisson.web.container;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Which containers a list shows, and in which order.
 *
 * @param q part of a name, image or id
 * @param state {@code running}, {@code stopped}, {@code attention} or all
 * @param sort by this column
 */
public record ContainerChoice(String q, String state, String sort) {

	List<ContainerRow> of(List<ContainerRow> rows) {
		Stream<ContainerRow> chosen = rows.stream().filter(this::matches);
		Comparator<ContainerRow> order = order();
		return ((order != null) ? chosen.sorted(order) : chosen).toList();
	}

	private boolean matches(ContainerRow row) {
		String wanted = this.q.toLowerCase(Locale.ROOT);
		boolean named = wanted.isEmpty() || row.name().toLowerCase(Locale.ROOT).contains(wanted)
				|| row.image().toLowerCase(Locale.ROOT).contains(wanted) || row.id().startsWith(wanted);
		return named && switch (this.state) {
			case "running" -> row.actions().stop();
			case "stopped" -> row.actions().start();
			case "attention" -> row.needsAttention();
			default -> true;
		};
	}

	private @org.jspecify.annotations.Nullable Comparator<ContainerRow> order() {
		return switch (this.sort) {
			case "name" -> Comparator.comparing(ContainerRow::name);
			case "image" -> Comparator.comparing(ContainerRow::image);
			case "state" -> Comparator.comparing(ContainerRow::state);
			default -> null;
		};
	}

	/** The same list, as a link. */
	public String link() {
		return sorted(this.sort);
	}

	/** The same list in another order, as a link. */
	public String sorted(String column) {
		return "/ui/containers?q=" + URLEncoder.encode(this.q, StandardCharsets.UTF_8) + "&state="
				+ URLEncoder.encode(this.state, StandardCharsets.UTF_8) + "&sort="
				+ URLEncoder.encode(column, StandardCharsets.UTF_8);
	}

}
