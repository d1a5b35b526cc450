package dev.caisson.platform.volume;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryFlag;

/** Which volumes a list shall have. */
final class VolumeFilter {

	private static final Set<String> TRUTHS = Set.of("true", "false", "1", "0");

	private VolumeFilter() {
	}

	/** For a list: dangling, driver, label, name. */
	static Predicate<Volume> ofList(ListFilters filters, VolumeStore store) {
		filters.allowOnly(Set.of("dangling", "driver", "label", "name"));
		Predicate<Volume> all = labels(filters);
		if (filters.has("dangling")) {
			boolean wanted = truth("dangling", filters.of("dangling"));
			all = all.and((volume) -> store.users(volume.name()).isEmpty() == wanted);
		}
		if (filters.has("driver")) {
			all = all.and((_) -> filters.of("driver").contains(VolumeStore.DRIVER));
		}
		if (filters.has("name")) {
			all = all.and((volume) -> filters.of("name").stream().anyMatch(volume.name()::contains));
		}
		return all;
	}

	/**
	 * For a removal of those that nobody uses: label, label!, all.
	 * @param namedToo whether those with names go although nobody said so
	 */
	static Predicate<Volume> ofPrune(ListFilters filters, boolean namedToo) {
		filters.allowOnly(Set.of("label", "label!", "all"));
		boolean named = filters.has("all") ? truth("all", filters.of("all")) : namedToo;
		return labels(filters).and((volume) -> named || volume.isAnonymous())
			.and((volume) -> filters.of("label!").stream().noneMatch((label) -> hasLabel(volume, label)));
	}

	private static Predicate<Volume> labels(ListFilters filters) {
		return (volume) -> filters.of("label").stream().allMatch((label) -> hasLabel(volume, label));
	}

	private static boolean hasLabel(Volume volume, String wanted) {
		Map<String, String> labels = volume.labels();
		int equals = wanted.indexOf('=');
		return (equals < 0) ? labels.containsKey(wanted)
				: wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
	}

	private static boolean truth(String name, List<String> values) {
		if (values.size() > 1 || !TRUTHS.contains(values.getFirst())) {
			throw new BadParameterException("invalid filter '" + name + "=" + values + "'");
		}
		return QueryFlag.isTrue(values.getFirst());
	}

}
