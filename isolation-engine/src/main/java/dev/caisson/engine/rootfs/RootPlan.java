package dev.caisson.engine.rootfs;

import java.util.List;
import java.util.Map;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.NamespaceSpec;

/**
 * How the first process of a container makes its root: pure data, from which the steps
 * follow.
 *
 * @param spec the container
 * @param host what the host has
 * @param surroundings directories and labels
 * @param attachments binds and tmpfs, outer ones first
 * @param devices nodes beyond the standard ones
 * @param walls what is hidden and what is read-only
 */
record RootPlan(ContainerSpec spec, HostView host, Surroundings surroundings, List<Attachment> attachments,
		List<DeviceNode> devices, Walls walls) {

	/** Names of descriptors. */
	static final String ROOT = "root", SHARED_MEMORY = "shared memory", MESSAGE_QUEUES = "message queues";

	RootPlan {
		attachments = List.copyOf(attachments);
		devices = List.copyOf(devices);
	}

	/**
	 * Adds the steps. What the host must be seen for comes before pivot_root, and what
	 * follows a path of the image after it. The image's and the user's paths are followed
	 * before proc, sysfs and /dev are there, so that no symbolic link can lead into them.
	 */
	void addTo(LaunchPlan.Builder plan) {
		MountSteps steps = new MountSteps(plan.child());
		UserMounts mounts = new UserMounts(this, plan, steps);
		SystemMounts system = new SystemMounts(this, steps);
		DeviceMounts dev = new DeviceMounts(this, plan, steps);
		steps.umask(0);
		steps.isolate();
		SystemMounts.Made made = system.make();
		Map<String, Arg> nodes = dev.cloneNodes();
		steps.pivot(plan.descriptor(ROOT), this.surroundings.emptyDirectory());
		if (shifted()) {
			// until here the process needed the host's root, whose directories are closed
			// to others
			steps.becomeRoot();
			SystemMounts.PLACES.forEach((path) -> steps.directory(path, 0755));
		}
		mounts.attachEarly();
		system.attach(made);
		dev.attach(nodes);
		mounts.attachLate();
		dev.addDeclared(nodes);
		mounts.makeWorkingDirectory();
		this.walls.addTo(steps, this.spec.sysctls(), this.surroundings.label());
		if (this.spec.root().readOnly()) {
			steps.readOnly("/", false, true);
		}
		steps.umask(022);
	}

	boolean privileged() {
		return this.spec.privileges().privileged();
	}

	/**
	 * Whether the process has a user namespace: then files it makes are its own, but it
	 * cannot make device nodes, and the service cannot make files in its root.
	 */
	boolean shifted() {
		return this.spec.namespaces().privateUsers();
	}

	boolean owns(NamespaceSpec.Source namespace) {
		return namespace instanceof NamespaceSpec.Source.Own;
	}

	/** Whether the user mounts something right there. */
	boolean attachesAt(String target) {
		return this.attachments.stream().anyMatch((each) -> each.target().equals(target));
	}

	/** Whether the user brings a /dev of his own, which is left as it is. */
	boolean bindsDev() {
		return this.attachments.stream()
			.anyMatch((each) -> each instanceof Attachment.Bind && each.target().equals("/dev"));
	}

	String labelled(String data) {
		return TmpfsOptions.labelled(data, this.surroundings.label());
	}

}
