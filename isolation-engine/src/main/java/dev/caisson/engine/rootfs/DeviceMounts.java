package dev.caisson.engine.rootfs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;

/**
 * /dev: a tmpfs with the standard nodes, pseudo terminals of its own, shared memory and
 * message queues. A user namespace may not make device nodes, so there they are binds of
 * the host's.
 */
final class DeviceMounts {

	/** As runc lays it out. */
	private static final Map<String, String> LINKS = orderedLinks();

	private static final Set<MountFlag> SAFE = Set.of(MountFlag.MS_NOSUID, MountFlag.MS_NODEV, MountFlag.MS_NOEXEC);

	private final RootPlan root;

	private final LaunchPlan.Builder plan;

	private final MountSteps steps;

	DeviceMounts(RootPlan root, LaunchPlan.Builder plan, MountSteps steps) {
		this.root = root;
		this.plan = plan;
		this.steps = steps;
	}

	private static Map<String, String> orderedLinks() {
		Map<String, String> links = new LinkedHashMap<>();
		links.put("/dev/fd", "/proc/self/fd");
		links.put("/dev/stdin", "/proc/self/fd/0");
		links.put("/dev/stdout", "/proc/self/fd/1");
		links.put("/dev/stderr", "/proc/self/fd/2");
		links.put("/dev/core", "/proc/kcore");
		links.put("/dev/ptmx", "pts/ptmx");
		return links;
	}

	/** Before pivot_root, where the host's nodes are in sight. */
	Map<String, Arg> cloneNodes() {
		Map<String, Arg> clones = new LinkedHashMap<>();
		if (this.root.shifted()) {
			List<DeviceNode> nodes = new ArrayList<>(this.root.bindsDev() ? List.of() : DeviceNode.STANDARD);
			nodes.addAll(this.root.devices());
			nodes.forEach(
					(node) -> clones.computeIfAbsent(node.path(), (_) -> this.steps.clone(node.host().toString())));
		}
		return clones;
	}

	void attach(Map<String, Arg> clones) {
		if (!this.root.bindsDev()) {
			if (!this.root.attachesAt("/dev")) {
				// the image may have a link in its place
				this.steps.enter("/dev", this.steps.straightPlace("/dev"));
				this.steps.mountHere("tmpfs", "/dev", Set.of(MountFlag.MS_NOSUID, MountFlag.MS_STRICTATIME),
						this.root.labelled("mode=755,size=65536k"));
				this.steps.goToRoot();
			}
			DeviceNode.STANDARD.forEach((node) -> addNode(node, clones));
			LINKS.forEach(this.steps::link);
		}
		mount("devpts", "/dev/pts", Set.of(MountFlag.MS_NOSUID, MountFlag.MS_NOEXEC),
				this.root.labelled("newinstance,ptmxmode=0666,mode=0620,gid=5"));
		if (this.root.owns(this.root.spec().namespaces().ipc())) {
			mount("tmpfs", "/dev/shm", SAFE,
					this.root.labelled("mode=1777,size=" + this.root.spec().root().sharedMemory()));
			if (hasQueues()) {
				mount("mqueue", "/dev/mqueue", SAFE, this.root.labelled(""));
			}
		}
		else {
			share("/dev/shm", RootPlan.SHARED_MEMORY);
			if (hasQueues()) {
				share("/dev/mqueue", RootPlan.MESSAGE_QUEUES);
			}
		}
	}

	/**
	 * The nodes of {@code --device}, and all of the host's for a privileged container.
	 */
	void addDeclared(Map<String, Arg> clones) {
		Targets inDev = new Targets(this.steps, true);
		Targets elsewhere = new Targets(this.steps, false);
		for (DeviceNode node : this.root.devices()) {
			if (DeviceNode.STANDARD.stream().noneMatch((standard) -> standard.path().equals(node.path()))
					&& !isUsersDev(node.path())) {
				add(node, isOwnDev(node.path()) ? inDev : elsewhere, clones);
			}
		}
	}

	private void add(DeviceNode node, Targets targets, Map<String, Arg> clones) {
		Arg parent = targets.makeParent(node.path());
		String name = Targets.lastName(node.path());
		if (clones.containsKey(node.path())) {
			this.steps.file(parent, name, node.path());
			this.steps.move("mount device " + node.path(), clones.get(node.path()), targets.place(node.path()),
					Set.of());
		}
		else {
			this.steps.node(parent, name, node);
		}
	}

	/** In a /dev that the user brought, nodes and queues are his own affair. */
	private boolean isUsersDev(String path) {
		return path.startsWith("/dev/") && this.root.bindsDev();
	}

	private boolean hasQueues() {
		return this.root.host().messageQueues() && !this.root.bindsDev();
	}

	private boolean isOwnDev(String path) {
		return path.startsWith("/dev/") && !this.root.bindsDev();
	}

	private void addNode(DeviceNode node, Map<String, Arg> clones) {
		if (clones.containsKey(node.path())) {
			this.steps.file(MountSteps.HERE, node.path(), node.path());
			this.steps.move("mount device " + node.path(), clones.get(node.path()), node.path());
		}
		else {
			this.steps.node(MountSteps.HERE, node.path(), node);
		}
	}

	private void mount(String type, String target, Set<MountFlag> flags, String data) {
		if (this.root.attachesAt(target)) {
			return;
		}
		this.steps.directory(target, 0755);
		if (!this.root.bindsDev()) {
			this.steps.mount(type, target, type, flags, data);
			return;
		}
		// a /dev that the user brought may hold links
		this.steps.enter(target, this.steps.straightPlace(target));
		this.steps.mountHere(type, target, flags, data);
		this.steps.goToRoot();
	}

	private void share(String target, String descriptor) {
		if (!this.root.attachesAt(target)) {
			this.steps.directory(target, 0755);
			this.steps.move("share " + target, this.plan.descriptor(descriptor), target);
		}
	}

}
