package dev.caisson.platform.volume;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.rootfs.HostMount;
import dev.caisson.persistence.volume.VolumeRecord;
import dev.caisson.persistence.volume.VolumeRecords;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.event.EventLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * The volumes of this host. One is in the database before its directory is made and
 * before anything is mounted there, so whatever a crash leaves is found by its name. Who
 * uses which is kept in memory: whoever has the containers says so again when it starts.
 * Safe for use by many threads; changes take turns.
 */
@Component
public final class VolumeStore {

	static final String DRIVER = "local";

	private static final Logger log = LoggerFactory.getLogger(VolumeStore.class);

	private static final JsonMapper JSON = new JsonMapper();

	private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {
	};

	private final VolumeRecords records;

	private final EventLog events;

	private final VolumeDirectories directories;

	/** Guarded by this, as is what follows. */
	private final Map<String, Volume> volumes = new TreeMap<>();

	/** Containers that have a volume, whether they run or not. */
	private final Map<String, Set<String>> users = new HashMap<>();

	/** Containers for which a volume with options is mounted. */
	private final Map<String, Set<String>> mounts = new HashMap<>();

	VolumeStore(VolumeRecords records, EventLog events, CaissonSettings settings) {
		this.records = records;
		this.events = events;
		this.directories = new VolumeDirectories(settings.dataRoot().toAbsolutePath().normalize().resolve("volumes"));
		recover();
	}

	private void recover() {
		List<String> found = this.directories.recover();
		for (VolumeRecord record : this.records.all()) {
			if (found.remove(record.name())) {
				this.volumes.put(record.name(), volume(record));
			}
			else {
				log.info("volume {} has no directory: its creation or removal was interrupted", record.name());
				this.records.remove(record.name());
			}
		}
		// what lies there is somebody's data
		found.forEach((name) -> add(name, Map.of(), Map.of()));
	}

	private Volume volume(VolumeRecord record) {
		return new Volume(record.name(), record.created(), this.directories.data(record.name()),
				JSON.readValue(record.options(), TEXTS), JSON.readValue(record.labels(), TEXTS));
	}

	private Volume add(String name, Map<String, String> options, Map<String, String> labels) {
		Volume volume = new Volume(name, Clock.systemUTC().instant(), this.directories.data(name), options, labels);
		this.records.add(new VolumeRecord(name, volume.created(), DRIVER, JSON.writeValueAsString(volume.options()),
				JSON.writeValueAsString(volume.labels())));
		try {
			this.directories.make(name);
		}
		catch (RuntimeException ex) {
			this.records.remove(name);
			throw ex;
		}
		this.volumes.put(name, volume);
		return volume;
	}

	/**
	 * Creates a volume, or answers the one that there is.
	 * @param name empty for one that is made up
	 * @param driver empty for the local one, which is the only one
	 * @throws VolumeException if the options or the driver cannot be
	 * @throws dev.caisson.engine.spec.InvalidSpecException if the name cannot be one
	 */
	public synchronized Volume create(String name, String driver, Map<String, String> options,
			Map<String, String> labels) {
		Map<String, String> all = new HashMap<>(labels);
		String chosen = name;
		if (name.isEmpty()) {
			chosen = VolumeName.generate();
			all.put(Volume.ANONYMOUS, "");
		}
		VolumeName.check(chosen);
		if (!driver.isEmpty() && !driver.equals(DRIVER)) {
			throw VolumeException.unknownDriver(chosen, driver);
		}
		Volume there = this.volumes.get(chosen);
		if (there != null) {
			return there;
		}
		LocalOptions.check(chosen, options);
		Volume made = add(chosen, options, all);
		publish(made, "create", Map.of());
		return made;
	}

	/**
	 * The volume of this name.
	 * @throws VolumeException if there is none
	 */
	public synchronized Volume find(String name) {
		return Optional.ofNullable(this.volumes.get(name)).orElseThrow(() -> VolumeException.missing(name));
	}

	/** All, sorted by name. */
	public synchronized List<Volume> list() {
		return List.copyOf(this.volumes.values());
	}

	/** The containers that use it. */
	public synchronized Set<String> users(String name) {
		return Set.copyOf(this.users.getOrDefault(name, Set.of()));
	}

	/**
	 * Notes that a container has a volume, which stays until {@link #release}.
	 * @throws VolumeException if there is none
	 */
	public synchronized void use(String name, String container) {
		find(name);
		this.users.computeIfAbsent(name, (_) -> new TreeSet<>()).add(container);
	}

	/** Ends that; a no-op if it had none. */
	public synchronized void release(String name, String container) {
		this.users.computeIfPresent(name, (_, all) -> without(all, container));
	}

	private static Set<String> without(Set<String> all, String one) {
		Set<String> rest = new TreeSet<>(all);
		rest.remove(one);
		return rest.isEmpty() ? null : rest;
	}

	/**
	 * Removes a volume with all that is in it.
	 * @throws VolumeException if there is none, or somebody uses it
	 */
	public void remove(String name) {
		withdraw(find(name)).run();
	}

	private synchronized Runnable withdraw(Volume volume) {
		Set<String> all = this.users.getOrDefault(volume.name(), Set.of());
		if (!all.isEmpty()) {
			throw VolumeException.inUse(volume.name(), all);
		}
		if (volume.needsMount()) {
			// what is mounted there belongs to somebody else
			HostMount.unmount(volume.mountpoint());
		}
		Runnable deletion = this.directories.withdraw(volume.name());
		this.records.remove(volume.name());
		this.volumes.remove(volume.name());
		publish(volume, "destroy", Map.of());
		return deletion;
	}

	/**
	 * Removes those that nobody uses.
	 * @param wanted which of them
	 * @return what went, and how many bytes it had
	 */
	Pruned prune(Predicate<Volume> wanted) {
		List<String> names = new ArrayList<>();
		long bytes = 0;
		for (Volume volume : list()) {
			if (wanted.test(volume) && users(volume.name()).isEmpty()) {
				long size = DirectorySize.of(volume.mountpoint());
				try {
					remove(volume.name());
					names.add(volume.name());
					bytes += size;
				}
				catch (VolumeException ex) {
					log.debug("{} is not pruned: {}", volume.name(), ex.getMessage());
				}
			}
		}
		return new Pruned(names, bytes);
	}

	/**
	 * Makes the files of a volume available to a container that starts.
	 * @throws VolumeException if they cannot be mounted
	 */
	public synchronized void mount(String name, String container) {
		Volume volume = find(name);
		if (!volume.needsMount()) {
			return;
		}
		if (!this.mounts.containsKey(name) && !HostMount.isMounted(volume.mountpoint())) {
			Map<String, String> options = volume.options();
			try {
				HostMount.mount(options.getOrDefault("type", ""), options.getOrDefault("device", ""),
						volume.mountpoint(), options.getOrDefault("o", ""));
			}
			catch (LinuxException ex) {
				throw VolumeException.notMounted(volume, ex);
			}
		}
		this.mounts.computeIfAbsent(name, (_) -> new TreeSet<>()).add(container);
	}

	/** The container has ended; the last one's end unmounts. */
	public synchronized void unmount(String name, String container) {
		Volume volume = this.volumes.get(name);
		if (volume == null || !this.mounts.containsKey(name)) {
			return;
		}
		this.mounts.computeIfPresent(name, (_, all) -> without(all, container));
		if (!this.mounts.containsKey(name)) {
			HostMount.unmount(volume.mountpoint());
		}
	}

	/** To be called once all running containers' volumes were mounted again. */
	public synchronized void settle() {
		for (Volume volume : this.volumes.values()) {
			if (volume.needsMount() && !this.mounts.containsKey(volume.name())) {
				HostMount.unmount(volume.mountpoint());
			}
		}
	}

	/**
	 * Fills a volume that is empty with what an image has in its place.
	 * @param container that uses it
	 * @param filling fills a directory
	 */
	public void fill(String name, String container, Filling filling) {
		Volume volume = find(name);
		if (volume.needsMount() || !isOnlyUser(name, container)) {
			fillInPlace(volume, container, filling);
			return;
		}
		if (!this.directories.isEmpty(name)) {
			return;
		}
		Path copy = this.directories.beginCopy(name);
		try {
			if (filling.fill(copy)) {
				this.directories.adoptCopy(name);
			}
		}
		finally {
			this.directories.discardCopy(name);
		}
	}

	private boolean isOnlyUser(String name, String container) {
		return users(name).equals(Set.of(container));
	}

	private void fillInPlace(Volume volume, String container, Filling filling) {
		mount(volume.name(), container);
		try {
			if (this.directories.isEmpty(volume.name())) {
				filling.fill(volume.mountpoint());
			}
		}
		finally {
			unmount(volume.name(), container);
		}
	}

	/** Tells of what happened to a volume. */
	public void publish(Volume volume, String action, Map<String, String> more) {
		Map<String, String> attributes = new HashMap<>(more);
		attributes.put("driver", DRIVER);
		this.events.publish("volume", action, volume.name(), attributes);
	}

	/** Fills a directory; answers whether there was anything to fill it with. */
	@FunctionalInterface
	public interface Filling {

		boolean fill(Path directory);

	}

	/**
	 * What was removed.
	 *
	 * @param names of the volumes
	 * @param bytes they had
	 */
	record Pruned(List<String> names, long bytes) {

	}

}
