package dev.caisson.persistence.network;

import java.time.Instant;

import org.springframework.data.annotation.Id;

/**
 * A network as it was made.
 *
 * @param id 64 hex digits
 * @param name unique
 * @param created when it was created
 * @param definition what was asked for and what was chosen, as JSON; at most
 * {@link #LONGEST_DEFINITION} characters
 */
public record NetworkRecord(@Id String id, String name, Instant created, String definition) {

	/** H2's limit for a string that is not a LOB is 1,048,576 characters. */
	public static final int LONGEST_DEFINITION = 1_000_000;

}
