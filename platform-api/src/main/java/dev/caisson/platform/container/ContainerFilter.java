package dev.caisson.platform.container;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.image.Digest;
import dev.caisson.platform.container.definition.MountPoint;
import dev.caisson.platform.container.definition.PortNotation;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryFlag;

/**
 * Which containers a list shows. Values of one filter are alternatives, but all labels
 * must be there; filters add up.
 */
final class ContainerFilter {

	private static final Set<String> STATUSES = Set.of("created", "restarting", "running", "removing", "paused",
			"exited", "dead");

	private static final Set<String> HEALTH = Set.of("none", "starting", "healthy", "unhealthy");

	private static final Set<String> NAMES = Set.of("ancestor", "before", "exited", "expose", "health", "id",
			"isolation", "is-task", "label", "name", "network", "publish", "since", "status", "volume");

	private final ListFilters filters;

	private final ContainerRegistry registry;

	private final Function<String, Predicate<Digest>> descendants;

	private final BiPredicate<ContainerEntry, String> isOnNetwork;

	private final Predicate<ContainerEntry> predicate;

	/**
	 * Checks filters and reads them.
	 * @param descendants tells whether an image is another one, named so, or made of it
	 * @param isOnNetwork tells whether a container is on a network, named so
	 */
	ContainerFilter(ListFilters filters, ContainerRegistry registry, Function<String, Predicate<Digest>> descendants,
			BiPredicate<ContainerEntry, String> isOnNetwork) {
		this.isOnNetwork = isOnNetwork;
		this.filters = filters;
		this.registry = registry;
		this.descendants = descendants;
		for (String name : filters.values().keySet()) {
			if (!NAMES.contains(name)) {
				throw new BadParameterException("invalid filter '" + name + "'");
			}
		}
		this.predicate = compile();
	}

	boolean matches(ContainerEntry entry) {
		return this.predicate.test(entry);
	}

	/** Whether containers that do not run are asked for. */
	boolean includesStopped() {
		return this.filters.has("status") || this.filters.has("exited") || this.filters.has("before")
				|| this.filters.has("since");
	}

	private Predicate<ContainerEntry> compile() {
		return any("id", (value) -> pattern(value), (id, entry) -> id.matcher(entry.id().value()).find())
			.and(any("name", (value) -> pattern(value),
					(name, entry) -> name.matcher(entry.name()).find() || name.matcher("/" + entry.name()).find()))
			.and(this::hasLabels)
			.and(any("status", (value) -> word("status", STATUSES, value),
					(status, entry) -> status.equals(StatusText.word(entry))))
			.and(any("health", (value) -> word("health", HEALTH, value),
					(health, entry) -> health.equals(health(entry))))
			.and(any("exited", ContainerFilter::exitCode, ContainerFilter::exitedWith))
			.and(any("ancestor", this.descendants, (images, entry) -> images.test(entry.imageId())))
			.and(any("before", this::created, (time, entry) -> entry.created().isBefore(time)))
			.and(any("since", this::created, (time, entry) -> entry.created().isAfter(time)))
			.and(any("network", Function.identity(), (network, entry) -> this.isOnNetwork.test(entry, network)))
			.and(any("volume", Function.identity(), ContainerFilter::mounts))
			.and(any("expose", (port) -> PortNotation.parse("expose", port),
					(port, entry) -> hasPort(port, entry.definition().config().exposedPorts().keySet())))
			.and(any("publish", (port) -> PortNotation.parse("publish", port),
					(port, entry) -> hasPort(port, entry.definition().hostConfig().portBindings().keySet())))
			.and(any("is-task", Function.identity(), (task, _) -> !QueryFlag.isTrue(task)));
	}

	private <T> Predicate<ContainerEntry> any(String name, Function<String, T> parse,
			BiPredicate<T, ContainerEntry> test) {
		List<T> values = this.filters.of(name).stream().map(parse).toList();
		return values.isEmpty() ? (_) -> true : (entry) -> values.stream().anyMatch((value) -> test.test(value, entry));
	}

	private boolean hasLabels(ContainerEntry entry) {
		return hasLabels(entry.definition().config().labels(), this.filters.of("label"));
	}

	/** Each one is there, and with the value that is named if one is. */
	static boolean hasLabels(Map<String, String> labels, List<String> wanted) {
		return wanted.stream().allMatch((label) -> {
			int equals = label.indexOf('=');
			return (equals < 0) ? labels.containsKey(label)
					: label.substring(equals + 1).equals(labels.get(label.substring(0, equals)));
		});
	}

	private Instant created(String reference) {
		return this.registry.find(reference).created();
	}

	private static boolean exitedWith(int code, ContainerEntry entry) {
		ContainerState state = entry.state();
		return !state.phase().isLive() && !entry.restarts().isWaiting() && state.startedAt() != null
				&& state.exitCode() == code;
	}

	private static String health(ContainerEntry entry) {
		Health health = entry.health();
		return (health != null) ? health.status().word() : "none";
	}

	private static boolean mounts(String volume, ContainerEntry entry) {
		for (MountPoint mount : entry.definition().mounts()) {
			if (mount.name().equals(volume) || mount.destination().equals(volume) || mount.source().equals(volume)) {
				return true;
			}
		}
		return false;
	}

	private static boolean hasPort(PortNotation wanted, Set<String> ports) {
		return ports.stream().anyMatch((port) -> wanted.contains(PortNotation.parse("port", port)));
	}

	private static int exitCode(String value) {
		Integer code = QueryFlag.number("exited", value);
		return (code != null) ? code : -1;
	}

	private static String word(String filter, Set<String> words, String value) {
		if (!words.contains(value)) {
			throw new BadParameterException("invalid filter '" + filter + "=" + value + "'");
		}
		return value;
	}

	/** As written, if it is no pattern. */
	private static Pattern pattern(String value) {
		try {
			return Pattern.compile(value);
		}
		catch (PatternSyntaxException ex) {
			return Pattern.compile(Pattern.quote(value));
		}
	}

}
