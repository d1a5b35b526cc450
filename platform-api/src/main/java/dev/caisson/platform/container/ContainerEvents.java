package dev.caisson.platform.container;

import java.util.HashMap;
import java.util.Map;

import dev.caisson.platform.event.EventLog;

import org.springframework.stereotype.Component;

/** Tells of what happens to containers, with what Docker says of them. */
@Component
final class ContainerEvents {

	private final EventLog events;

	ContainerEvents(EventLog events) {
		this.events = events;
	}

	void publish(ContainerEntry entry, String action) {
		publish(entry, action, Map.of());
	}

	/** The labels go first: they must not hide what is true. */
	void publish(ContainerEntry entry, String action, Map<String, String> more) {
		Map<String, String> attributes = new HashMap<>(entry.definition().config().labels());
		attributes.put("image", entry.image());
		attributes.put("name", entry.name());
		attributes.putAll(more);
		this.events.publish("container", action, entry.id().value(), attributes);
	}

}
