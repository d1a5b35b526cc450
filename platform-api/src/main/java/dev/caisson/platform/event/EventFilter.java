package dev.caisson.platform.event;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.caisson.platform.server.ListFilters;

/**
 * Which events a client wants. Values of one filter are alternatives, but all labels must
 * be there; filters add up.
 */
final class EventFilter {

	private static final List<String> ACTORS = List.of("daemon", "container", "plugin", "volume", "network", "node",
			"service", "secret", "config");

	private static final Set<String> NAMES = Set.of("config", "container", "daemon", "event", "image", "label",
			"network", "node", "plugin", "scope", "secret", "service", "type", "volume");

	/** Actions that go on after a colon, which a filter may leave out. */
	private static final Set<String> WITH_DETAIL = Set.of("health_status", "exec_create", "exec_start");

	private final ListFilters filters;

	/**
	 * Checks the filters' names.
	 * @throws dev.caisson.platform.server.BadParameterException for one that Docker does
	 * not know
	 */
	EventFilter(ListFilters filters) {
		this.filters = filters.allowOnly(NAMES);
	}

	boolean matches(Event event) {
		return isOneOf("type", event.type()) && isOneOf("scope", "local") && hasAction(event) && isOfImage(event)
				&& hasLabels(event.attributes()) && ACTORS.stream().allMatch((filter) -> isOf(filter, event));
	}

	private boolean isOneOf(String filter, String value) {
		return !this.filters.has(filter) || this.filters.of(filter).contains(value);
	}

	private boolean hasAction(Event event) {
		List<String> wanted = this.filters.of("event");
		if (wanted.isEmpty() || wanted.contains(event.action())) {
			return true;
		}
		return wanted.stream().anyMatch(WITH_DETAIL::contains) && wanted.stream().anyMatch(event.action()::startsWith);
	}

	/** By the beginning of the id or of the name. */
	private boolean isOf(String filter, Event event) {
		String name = event.attributes().getOrDefault("name", "");
		return !this.filters.has(filter) || this.filters.of(filter)
			.stream()
			.anyMatch((value) -> event.actorId().startsWith(value) || name.startsWith(value));
	}

	/** An image's own events and those of its containers. */
	private boolean isOfImage(Event event) {
		List<String> wanted = this.filters.of("image");
		String name = event.attributes().getOrDefault(event.type().equals("image") ? "name" : "image", "");
		return wanted.isEmpty() || wanted.contains(event.actorId()) || wanted.contains(name)
				|| wanted.contains(withoutTag(event.actorId())) || wanted.contains(withoutTag(name));
	}

	/** A colon before the last slash is a registry's port. */
	private static String withoutTag(String reference) {
		int digest = reference.indexOf('@');
		String name = (digest >= 0) ? reference.substring(0, digest) : reference;
		int colon = name.lastIndexOf(':');
		return (colon > name.lastIndexOf('/')) ? name.substring(0, colon) : name;
	}

	private boolean hasLabels(Map<String, String> attributes) {
		return this.filters.of("label").stream().allMatch((label) -> {
			int equals = label.indexOf('=');
			return (equals < 0) ? attributes.containsKey(label)
					: label.substring(equals + 1).equals(attributes.get(label.substring(0, equals)));
		});
	}

}
