package dev.caisson.persistence.event;

import java.time.Instant;

import org.springframework.data.annotation.Id;

/**
 * Something that happened.
 *
 * @param sequence its place in the order of all, from 1
 * @param happened when; later events have later times
 * @param type of what it happened to
 * @param action what happened
 * @param actor to whom
 * @param attributes of the actor, as JSON
 */
public record EventRecord(@Id long sequence, Instant happened, String type, String action, String actor,
		String attributes) {
}
