package dev.caisson.platform.volume;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A volume of the local driver.
 *
 * @param name unique
 * @param created when
 * @param mountpoint where its files lie
 * @param options {@code type}, {@code o} and {@code device}, or none for a directory
 * @param labels free
 */
public record Volume(String name, Instant created, Path mountpoint, Map<String, String> options,
		Map<String, String> labels) {

	/** The label by which Docker knows volumes that nobody gave a name. */
	public static final String ANONYMOUS = "com.docker.volume.anonymous";

	public Volume {
		options = new TreeMap<>(options);
		labels = new TreeMap<>(labels);
	}

	/** Whether something has to be mounted before it can be used. */
	public boolean needsMount() {
		return this.options.containsKey("device");
	}

	public boolean isAnonymous() {
		return this.labels.containsKey(ANONYMOUS);
	}

}
