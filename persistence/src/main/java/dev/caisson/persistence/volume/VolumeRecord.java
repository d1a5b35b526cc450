package dev.caisson.persistence.volume;

import java.time.Instant;

import org.springframework.data.annotation.Id;

/**
 * A volume.
 *
 * @param name unique
 * @param created when it was created
 * @param driver who makes it
 * @param options of the driver, as a JSON object
 * @param labels as a JSON object
 */
public record VolumeRecord(@Id String name, Instant created, String driver, String options, String labels) {
}
