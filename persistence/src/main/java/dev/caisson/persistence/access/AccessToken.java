package dev.caisson.persistence.access;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;

/**
 * What a program signs in with.
 *
 * @param id by which it is revoked
 * @param name for people
 * @param digest SHA-256 of the token in hexadecimal; the token itself is kept nowhere
 * @param role a word of the caller's
 * @param label {@code name=value} of the containers it is for; empty is all
 * @param owner who made it
 * @param created when
 * @param expires when; null is never
 */
public record AccessToken(@Id String id, String name, String digest, String role, String label, String owner,
		Instant created, @Nullable Instant expires) {
}
