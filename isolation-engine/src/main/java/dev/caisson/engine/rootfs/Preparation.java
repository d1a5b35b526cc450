package dev.caisson.engine.rootfs;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.PrivilegeSpec;

/** One preparation of a root: gathers descriptors and facts into a {@link RootPlan}. */
final class Preparation {

	private final ContainerSpec spec;

	private final Fd overlay;

	private final ImageRoot image;

	private final Surroundings surroundings;

	private final Map<String, Fd> opened = new LinkedHashMap<>();

	Preparation(ContainerSpec spec, Fd overlay, Surroundings surroundings) {
		this.spec = spec;
		this.overlay = overlay;
		this.image = new ImageRoot(overlay);
		this.surroundings = surroundings;
	}

	PreparedRoot run(ContainerFiles files, HostView host) {
		refuseLinks();
		List<Attachment> attachments = attachments(files);
		openSharedIpc(host);
		RootPlan plan = new RootPlan(this.spec, host, this.surroundings, attachments, devices(), walls());
		if (!plan.shifted()) {
			makePlaces(plan);
		}
		return new PreparedRoot(plan, this.overlay, this.opened);
	}

	void close() {
		this.opened.values().forEach(Fd::close);
	}

	/** The steps would refuse these too, with less to say. */
	private void refuseLinks() {
		for (String path : SystemMounts.PLACES) {
			if (this.image.isLink(path)) {
				throw new LinuxException("mount", path, Errno.ELOOP,
						"in the image it is a symbolic link, which could lead the mount elsewhere");
			}
		}
	}

	private List<Attachment> attachments(ContainerFiles files) {
		List<Attachment> all = new ArrayList<>();
		for (MountSpec mount : this.spec.mounts()) {
			String target = RootFilesystem.normalize(mount.target());
			all.add(switch (mount) {
				case MountSpec.Bind bind -> bind(target, BindSource.open(bind));
				case MountSpec.Tmpfs tmpfs -> new Attachment.Memory(target,
						TmpfsOptions.parse(tmpfs.options(), tmpfs.readOnly()), modeOf(target));
			});
		}
		addFile("/etc/hostname", files.hostname(), all);
		addFile("/etc/hosts", files.hosts(), all);
		addFile("/etc/resolv.conf", files.resolvConf(), all);
		all.sort(Comparator.comparingInt(Attachment::depth));
		return all;
	}

	private Attachment bind(String target, Fd source) {
		String name = "mount " + target;
		this.opened.put(name, source);
		return new Attachment.Bind(target, name, FileStatus.of(source).directory());
	}

	/** A mount of the user's at the same place takes the place of the service's file. */
	private void addFile(String target, Path file, List<Attachment> all) {
		if (all.stream().noneMatch((each) -> each.target().equals(target))) {
			String name = "mount " + target;
			this.opened.put(name, ServiceFile.open(file, this.surroundings.label(),
					this.spec.namespaces().privateUsers() ? FileStatus.of(this.overlay) : null));
			all.add(new Attachment.Bind(target, name, false));
		}
	}

	/** A tmpfs takes over the permissions of the directory that it covers. */
	private int modeOf(String target) {
		if (target.equals("/dev/shm")) {
			return 01777;
		}
		return this.image.status(target).filter(FileStatus::directory).map(FileStatus::permissions).orElse(0755);
	}

	private void openSharedIpc(HostView host) {
		switch (this.spec.namespaces().ipc()) {
			case NamespaceSpec.Source.Own() -> {
				return;
			}
			case NamespaceSpec.Source.Host() -> {
				share(RootPlan.SHARED_MEMORY, DetachedMount.bind(Path.of("/dev/shm"), true));
				if (host.messageQueues()) {
					share(RootPlan.MESSAGE_QUEUES, hostQueues());
				}
			}
			case NamespaceSpec.Source.OfContainer(var id) -> {
				int peer = this.surroundings.ipcPeer()
					.orElseThrow(() -> new IllegalArgumentException("container " + id + " is not running"));
				share(RootPlan.SHARED_MEMORY, ofPeer(peer, "/dev/shm"));
				if (host.messageQueues()) {
					share(RootPlan.MESSAGE_QUEUES, ofPeer(peer, "/dev/mqueue"));
				}
			}
		}
	}

	private void share(String name, Fd mount) {
		this.opened.put(name, mount);
	}

	/** A host need not have its queues mounted. */
	private static Fd hostQueues() {
		Path mounted = Path.of("/dev/mqueue");
		if (Files.isDirectory(mounted)) {
			return DetachedMount.bind(mounted, false);
		}
		try (Fd context = DetachedMount.open("mqueue")) {
			return DetachedMount.create(context, "mqueue",
					MountApi.MOUNT_ATTR_NOSUID | MountApi.MOUNT_ATTR_NODEV | MountApi.MOUNT_ATTR_NOEXEC);
		}
	}

	private static Fd ofPeer(int pid, String path) {
		try (Fd namespace = Fd.open(Path.of("/proc", Integer.toString(pid), "ns/mnt"), Fd.O_RDONLY)) {
			return OwnMountNamespace.inside(namespace, () -> DetachedMount.bind(Path.of(path), false));
		}
	}

	private List<DeviceNode> devices() {
		List<DeviceNode> all = new ArrayList<>(DeviceNode.find(this.spec.devices()));
		if (this.spec.privileges().privileged()) {
			DeviceNode.all()
				.stream()
				.filter((node) -> all.stream().noneMatch((declared) -> declared.path().equals(node.path())))
				.toList()
				.forEach(all::add);
		}
		return all;
	}

	private Walls walls() {
		PrivilegeSpec privileges = this.spec.privileges();
		return privileges.privileged() ? Walls.NONE
				: WallSurvey.of(privileges.readOnlyPaths(), privileges.maskedPaths());
	}

	private void makePlaces(RootPlan plan) {
		SystemMounts.PLACES.forEach((path) -> this.image.ensure(path, true));
		List<String> covered = new ArrayList<>(SystemMounts.PLACES);
		for (Attachment attachment : plan.attachments()) {
			if (covered.stream().noneMatch(attachment::within)) {
				this.image.ensure(attachment.target(), attachment.directory());
			}
			covered.add(attachment.target());
		}
		String directory = RootFilesystem.normalize(this.spec.process().workingDirectory());
		if (covered.stream().noneMatch((target) -> (directory + "/").startsWith(target + "/"))) {
			this.image.ensure(directory, true);
		}
	}

	/** Sorts the paths of the walls by what is there on the host, whose kernel it is. */
	private static final class WallSurvey {

		static Walls of(List<String> readOnlyPaths, List<String> maskedPaths) {
			List<String> readOnlyInProc = new ArrayList<>();
			List<String> readOnly = new ArrayList<>();
			for (String path : readOnlyPaths.stream().map(RootFilesystem::normalize).distinct().toList()) {
				if (!isKernels(path) || path.startsWith("/sys/")) {
					readOnly.add(path);
				}
				else if (Files.exists(Path.of(path))) {
					readOnlyInProc.add(path);
				}
			}
			List<String> files = new ArrayList<>();
			List<String> directories = new ArrayList<>();
			List<String> hidden = new ArrayList<>();
			for (String path : maskedPaths.stream().map(RootFilesystem::normalize).distinct().toList()) {
				Path host = Path.of(path);
				if (!isKernels(path)) {
					hidden.add(path);
				}
				else if (Files.exists(host, LinkOption.NOFOLLOW_LINKS)) {
					(Files.isDirectory(host) ? directories : files).add(path);
				}
			}
			return new Walls(readOnlyInProc, readOnly, files, directories, hidden);
		}

		/**
		 * Whether a path is the same in every container as on the host, which those of
		 * processes are not.
		 */
		private static boolean isKernels(String path) {
			return path.startsWith("/sys/") || path.matches("/proc/(?!self|thread-self|mounts|net|\\d).+");
		}

	}

}
