package dev.caisson.platform.container.definition;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MountSpec.Propagation;
import dev.caisson.engine.spec.MountSpec.Relabel;
import dev.caisson.platform.volume.VolumeName;

/**
 * Decides what is mounted where. As with Docker, binds and mounts replace what comes from
 * other containers, and all of them what the image declares as a volume.
 */
final class MountChoices {

	private final HostFacts facts;

	private final Peers peers;

	private final Supplier<String> volumeNames;

	MountChoices(HostFacts facts, Peers peers, Supplier<String> volumeNames) {
		this.facts = facts;
		this.peers = peers;
		this.volumeNames = volumeNames;
	}

	List<MountPoint> choose(ContainerConfig config, HostConfig host) {
		List<MountPoint> explicit = new ArrayList<>();
		host.binds().forEach((text) -> explicit.add(bind(BindNotation.parse(text))));
		host.mounts().forEach((mount) -> explicit.add(mount(mount)));
		Set<String> taken = host.tmpfs()
			.keySet()
			.stream()
			.map((target) -> checkTarget("HostConfig.Tmpfs", target))
			.collect(Collectors.toSet());
		for (MountPoint mount : explicit) {
			if (!taken.add(mount.destination())) {
				throw new InvalidSpecException("HostConfig.Mounts", "Duplicate mount point: " + mount.destination());
			}
		}
		Map<String, MountPoint> chosen = new TreeMap<>();
		host.volumesFrom().forEach((text) -> inherit(text, taken, chosen));
		explicit.forEach((mount) -> chosen.put(mount.destination(), mount));
		for (String declared : config.volumes().keySet()) {
			String target = checkTarget("Config.Volumes", declared);
			if (!taken.contains(target)) {
				chosen.computeIfAbsent(target, (_) -> anonymous(target));
			}
		}
		return List.copyOf(chosen.values());
	}

	private MountPoint bind(BindNotation bind) {
		String target = checkTarget("HostConfig.Binds", bind.destination());
		if (bind.source().isEmpty()) {
			return anonymous(target);
		}
		if (bind.isVolume()) {
			return volume(bind.source(), target, bind.mode(), !bind.readOnly(), bind.relabel(), false);
		}
		return new MountPoint(MountPoint.Type.BIND, "", clean(bind.source()), target, bind.mode(), !bind.readOnly(),
				bind.propagation(), true, true, bind.relabel(), List.of(), false);
	}

	private MountPoint mount(MountRequest mount) {
		String target = MountChecks.target(mount);
		return switch (mount.type()) {
			case "bind" -> bindMount(mount, target);
			case "volume" -> {
				MountChecks.volume(mount);
				yield mount.source().isEmpty() ? anonymous(target, !mount.readOnly())
						: volume(mount.source(), target, "z", !mount.readOnly(), Relabel.NONE, false);
			}
			case "tmpfs" -> {
				MountChecks.tmpfs(mount);
				yield new MountPoint(MountPoint.Type.TMPFS, "", "", target, "", !mount.readOnly(), Propagation.PRIVATE,
						false, false, Relabel.NONE, TmpfsWords.of(mount.tmpfsOptions()), false);
			}
			default ->
				throw new InvalidSpecException("HostConfig.Mounts", "mount type unknown: \"" + mount.type() + "\"");
		};
	}

	private static MountPoint bindMount(MountRequest mount, String target) {
		MountChecks.bind(mount);
		MountRequest.BindOptions options = (mount.bindOptions() != null) ? mount.bindOptions()
				: new MountRequest.BindOptions("", false, false, false, false);
		return new MountPoint(MountPoint.Type.BIND, "", clean(mount.source()), target, "", !mount.readOnly(),
				BindNotation.propagation(Absent.text(options.propagation(), "rprivate")), !options.nonRecursive(),
				options.createMountpoint(), Relabel.NONE, List.of(), false);
	}

	/** {@code name[:ro|rw]}: everything that is mounted in another container. */
	private void inherit(String text, Set<String> taken, Map<String, MountPoint> chosen) {
		int colon = text.indexOf(':');
		String mode = (colon < 0) ? "" : text.substring(colon + 1);
		if (!Set.of("", "ro", "rw", "z", "Z").contains(mode)) {
			throw new InvalidSpecException("HostConfig.VolumesFrom", "invalid mode: " + mode);
		}
		for (MountPoint mount : this.peers.find((colon < 0) ? text : text.substring(0, colon)).mounts()) {
			if (!taken.contains(mount.destination())) {
				chosen.put(mount.destination(),
						new MountPoint(mount.type(), mount.name(), mount.source(), mount.destination(), mode,
								mount.writable() && !mode.equals("ro"), mount.propagation(), mount.recursive(),
								mount.createSource(), mount.relabel(), mount.tmpfsOptions(), false));
			}
		}
	}

	private MountPoint anonymous(String target) {
		return anonymous(target, true);
	}

	private MountPoint anonymous(String target, boolean writable) {
		return volume(this.volumeNames.get(), target, "", writable, Relabel.NONE, true);
	}

	private MountPoint volume(String name, String target, String mode, boolean writable, Relabel relabel,
			boolean anonymous) {
		VolumeName.check(name);
		return new MountPoint(MountPoint.Type.VOLUME, name, this.facts.volume(name).toString(), target, mode, writable,
				Propagation.RPRIVATE, true, true, relabel, List.of(), anonymous);
	}

	private static String checkTarget(String field, String target) {
		if (!target.startsWith("/")) {
			throw new InvalidSpecException(field, "invalid mount path: '" + target + "' mount path must be absolute");
		}
		String clean = clean(target);
		if (clean.equals("/")) {
			throw new InvalidSpecException(field, "invalid specification: destination can't be '/'");
		}
		return clean;
	}

	/** Without {@code .}, {@code ..} and doubled slashes. */
	static String clean(String path) {
		try {
			return Path.of(path).normalize().toString();
		}
		catch (InvalidPathException ex) {
			throw new InvalidSpecException("HostConfig.Mounts", "invalid mount path: contains a NUL byte");
		}
	}

}
