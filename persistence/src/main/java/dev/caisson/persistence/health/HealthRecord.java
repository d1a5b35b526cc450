package dev.caisson.persistence.health;

import org.springframework.data.annotation.Id;

/**
 * What was last known of a container's health.
 *
 * @param container its id
 * @param status a word of the caller's
 * @param failingStreak probes that failed in a row
 * @param log the last probes, as JSON
 */
public record HealthRecord(@Id String container, String status, int failingStreak, String log) {
}
