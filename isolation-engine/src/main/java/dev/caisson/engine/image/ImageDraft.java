package dev.caisson.engine.image;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a new image shall be on top of another one, or of nothing.
 *
 * @param parent whose layers and history it continues, or null
 * @param config how its containers run; takes the place of the parent's
 * @param created when it was made
 * @param createdBy the command that made it, for the history
 * @param author or empty
 * @param comment or empty
 */
public record ImageDraft(@Nullable Digest parent, ImageConfig config, Instant created, String createdBy, String author,
		String comment) {

}
