package dev.caisson.platform.network;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryTime;

/**
 * Which networks a list shows. Values of one filter are alternatives, but all labels must
 * be there; filters add up.
 */
final class NetworkFilter {

	private static final Set<String> LISTED = Set.of("dangling", "driver", "id", "label", "name", "scope", "type");

	private static final Set<String> PRUNED = Set.of("label", "label!", "until");

	private static final Set<String> TYPES = Set.of("custom", "builtin");

	private NetworkFilter() {
	}

	/**
	 * For a list.
	 * @throws BadParameterException for a filter that Docker does not know
	 */
	static Predicate<Network> listed(ListFilters filters, Members members) {
		filters.allowOnly(LISTED);
		filters.of("type").stream().filter((type) -> !TYPES.contains(type)).findFirst().ifPresent((type) -> {
			throw new BadParameterException("invalid filter: 'type'='" + type + "'");
		});
		boolean wantsDangling = filters.has("dangling") && dangling(filters.of("dangling"));
		return any(filters.of("driver"), (network, driver) -> network.definition().driver().equals(driver))
			.and(any(filters.of("id"), (network, id) -> network.id().value().startsWith(id)))
			.and(any(filters.of("name"), (network, name) -> network.name().contains(name)))
			.and(any(filters.of("scope"), (_, scope) -> scope.equals("local")))
			.and(any(filters.of("type"), (network, type) -> network.isPredefined() == type.equals("builtin")))
			.and((network) -> hasLabels(network, filters.of("label")))
			.and((network) -> !filters.has("dangling") || isDangling(network, members) == wantsDangling);
	}

	/** For a prune. */
	static Predicate<Network> pruned(ListFilters filters) {
		filters.allowOnly(PRUNED);
		List<Instant> until = filters.of("until").stream().map((time) -> QueryTime.parse("until", time)).toList();
		return (network) -> hasLabels(network, filters.of("label"))
				&& filters.of("label!").stream().noneMatch((label) -> hasLabels(network, List.of(label)))
				&& until.stream().allMatch((time) -> time == null || network.created().isBefore(time));
	}

	private static boolean isDangling(Network network, Members members) {
		return !network.isPredefined() && members.of(network.id()).isEmpty();
	}

	private static boolean dangling(List<String> values) {
		return switch (values.getFirst()) {
			case "true", "1" -> true;
			case "false", "0" -> false;
			default -> throw new BadParameterException(
					"invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")");
		};
	}

	private static Predicate<Network> any(List<String> values, Test test) {
		return (network) -> values.isEmpty() || values.stream().anyMatch((value) -> test.matches(network, value));
	}

	private static boolean hasLabels(Network network, List<String> wanted) {
		Map<String, String> labels = network.definition().labels();
		return wanted.stream().allMatch((label) -> {
			int equals = label.indexOf('=');
			return (equals < 0) ? labels.containsKey(label)
					: label.substring(equals + 1).equals(labels.get(label.substring(0, equals)));
		});
	}

	/** A value of a filter held against a network. */
	private interface Test {

		boolean matches(Network network, String value);

	}

}
