package dev.caisson.persistence.access;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.Id;

/**
 * Somebody who can sign in.
 *
 * @param name unique
 * @param password its hash
 * @param role a word of the caller's
 * @param created when
 * @param failures attempts with a wrong password since the last right one
 * @param lockedUntil until when no attempt counts; null is not at all
 */
public record Account(@Id String name, String password, String role, Instant created, int failures,
		@Nullable Instant lockedUntil) {

	@Override
	public String toString() {
		return "account " + this.name + " (" + this.role + ")";
	}

}
