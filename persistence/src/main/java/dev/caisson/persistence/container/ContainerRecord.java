package dev.caisson.persistence.container;

import java.time.Instant;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Embedded;
import org.springframework.data.relational.core.mapping.Embedded.OnEmpty;

/**
 * A container as it was asked for, and what was last known of it.
 *
 * @param id 64 hex digits
 * @param name unique, without a slash
 * @param created when it was created
 * @param image the image as the client named it
 * @param imageId the image's digest
 * @param definition what was asked for, as JSON; at most {@link #LONGEST_DEFINITION}
 * characters
 * @param state as last known
 * @param restartCount how often it was restarted by its policy
 * @param stoppedByClient whether a client has sent it a signal since one started it
 */
public record ContainerRecord(@Id String id, String name, Instant created, String image, String imageId,
		String definition, @Embedded(onEmpty = OnEmpty.USE_EMPTY) RecordedState state, int restartCount,
		boolean stoppedByClient) {

	/** H2's limit for a string that is not a LOB is 1,048,576 characters. */
	public static final int LONGEST_DEFINITION = 1_000_000;

}
