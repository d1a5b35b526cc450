package dev.caisson.platform.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.caisson.engine.container.Container;
import dev.caisson.platform.container.definition.Definition;
import dev.caisson.platform.container.definition.MountPoint;
import dev.caisson.platform.container.definition.MountRequest;
import dev.caisson.platform.container.definition.VolumeWishes;
import dev.caisson.platform.volume.Volume;
import dev.caisson.platform.volume.VolumeException;
import dev.caisson.platform.volume.VolumeStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/** What containers do with volumes between their creation and their removal. */
@Component
final class Volumes {

	private static final Logger log = LoggerFactory.getLogger(Volumes.class);

	private final VolumeStore store;

	Volumes(VolumeStore store) {
		this.store = store;
	}

	/**
	 * Makes those that are not there yet, and keeps all for the container.
	 * @throws VolumeException if one cannot be made
	 */
	void make(String container, Definition definition) {
		for (MountPoint mount : ofVolumes(definition)) {
			MountRequest.VolumeOptions wishes = VolumeWishes.options(definition, mount);
			MountRequest.DriverConfig driver = (wishes != null) ? wishes.driverConfig() : null;
			Map<String, String> labels = new HashMap<>((wishes != null) ? wishes.labels() : Map.of());
			if (mount.anonymous()) {
				labels.put(Volume.ANONYMOUS, "");
			}
			this.store.create(mount.name(), (driver != null) ? driver.name() : "",
					(driver != null) ? driver.options() : Map.of(), labels);
			this.store.use(mount.name(), container);
		}
	}

	/** Fills those that are empty with what the image has in their place. */
	void fill(Container container, Definition definition, List<Path> layers) {
		for (MountPoint mount : ofVolumes(definition)) {
			if (VolumeWishes.isFilled(definition, mount)) {
				this.store.fill(mount.name(), container.id().value(),
						(directory) -> copyUp(container, layers, mount.destination(), directory));
			}
		}
	}

	private static boolean copyUp(Container container, List<Path> layers, String path, Path directory) {
		try {
			return container.files().copyUp(layers, path, directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("copy " + path + " of the image into a volume: " + ex.getMessage(), ex);
		}
	}

	/** After a restart of the service: the container still has its volumes. */
	void keep(ContainerEntry entry) {
		for (MountPoint mount : ofVolumes(entry.definition())) {
			try {
				this.store.use(mount.name(), entry.id().value());
				if (entry.isLive()) {
					this.store.mount(mount.name(), entry.id().value());
				}
			}
			catch (VolumeException ex) {
				log.warn("a volume of container {} is gone: {}", entry.name(), ex.getMessage());
			}
		}
	}

	/** Unmounts what no running container has any more. */
	void settle() {
		this.store.settle();
	}

	/**
	 * For a start.
	 * @throws VolumeException if one is not there or cannot be mounted; none is then
	 */
	void mount(ContainerEntry entry) {
		try {
			for (MountPoint mount : ofVolumes(entry.definition())) {
				// somebody may have removed it with its directory since
				this.store.mount(mount.name(), entry.id().value());
			}
		}
		catch (RuntimeException ex) {
			unmount(entry);
			throw ex;
		}
	}

	/** After an end; safe to repeat. */
	void unmount(ContainerEntry entry) {
		for (MountPoint mount : ofVolumes(entry.definition())) {
			this.store.unmount(mount.name(), entry.id().value());
		}
	}

	/** For a copy in or out of one that does not run, which may start meanwhile. */
	void mountForCopy(ContainerEntry entry) {
		ofVolumes(entry.definition()).forEach((mount) -> this.store.mount(mount.name(), copying(entry)));
	}

	void unmountAfterCopy(ContainerEntry entry) {
		ofVolumes(entry.definition()).forEach((mount) -> this.store.unmount(mount.name(), copying(entry)));
	}

	private static String copying(ContainerEntry entry) {
		return "copy " + entry.id() + " " + Thread.currentThread().threadId();
	}

	/** Tells of the volumes that a container has now, or has not any more. */
	void publish(ContainerEntry entry, boolean mounted) {
		for (MountPoint mount : ofVolumes(entry.definition())) {
			Map<String, String> attributes = mounted
					? Map.of("container", entry.id().value(), "destination", mount.destination(), "read/write",
							Boolean.toString(mount.writable()), "propagation", "")
					: Map.of("container", entry.id().value());
			find(mount.name())
				.ifPresent((volume) -> this.store.publish(volume, mounted ? "mount" : "unmount", attributes));
		}
	}

	private Optional<Volume> find(String name) {
		return this.store.list().stream().filter((volume) -> volume.name().equals(name)).findFirst();
	}

	/**
	 * The container is gone.
	 * @param withAnonymous whether those go too that were made for it alone, unless
	 * another one uses them; safe to repeat
	 */
	void release(String container, Definition definition, boolean withAnonymous) {
		Set<String> released = new HashSet<>();
		for (MountPoint mount : ofVolumes(definition)) {
			this.store.unmount(mount.name(), container);
			this.store.release(mount.name(), container);
			if (withAnonymous && mount.anonymous() && released.add(mount.name())) {
				remove(mount.name());
			}
		}
	}

	private void remove(String name) {
		try {
			this.store.remove(name);
		}
		catch (VolumeException ex) {
			log.debug("{} stays: {}", name, ex.getMessage());
		}
	}

	private static List<MountPoint> ofVolumes(Definition definition) {
		return definition.mounts().stream().filter((mount) -> mount.type() == MountPoint.Type.VOLUME).toList();
	}

}
