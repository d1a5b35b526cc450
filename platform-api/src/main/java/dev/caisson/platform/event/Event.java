package dev.caisson.platform.event;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that happened.
 *
 * @param sequence its place in the order of all, from 1, without gaps
 * @param time when; later events have later times
 * @param type of what it happened to: {@code container}, {@code image} and so on
 * @param action what happened: {@code start}, {@code exec_create: ls}
 * @param actorId to whom
 * @param attributes of the actor and of what happened, sorted by name
 */
public record Event(long sequence, Instant time, String type, String action, String actorId,
		Map<String, String> attributes) {

	public Event {
		attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
	}

}
