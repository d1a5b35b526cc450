package dev.caisson.engine.cgroup;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.ResourceSpec;
import org.jspecify.annotations.Nullable;

/**
 * A group on a host whose controllers are in v1: a directory in each hierarchy, those
 * without controllers too, so that a cgroup namespace shows nothing of the host.
 */
final class CgroupV1 implements Cgroup {

	private final String path;

	private final Map<String, Directory> directories;

	private final Controls controls;

	private final Optional<Directory> unified;

	private final Descriptors descriptors = new Descriptors();

	/**
	 * @param directories by name of the hierarchy
	 */
	CgroupV1(String path, Map<String, Directory> directories, Controls controls) {
		this.path = path;
		this.directories = new LinkedHashMap<>(directories);
		this.controls = controls;
		this.unified = Optional.ofNullable(this.directories.get(Hierarchy.UNIFIED));
	}

	void make(ResourceSpec resources, DeviceRules rules, DevicePrograms programs) {
		this.directories.values().forEach(Directory::make);
		this.controls.apply(resources);
		Optional<Directory> devices = this.controls.directory("devices", Version.V1);
		if (devices.isPresent()) {
			rules.write(devices.get());
		}
		else if (!rules.all()) {
			programs.attach(rules, this.unified.orElseThrow(() -> new LinuxException("restrict devices of", this.path,
					Errno.EOPNOTSUPP, "mount the devices controller or cgroup2")));
		}
	}

	@Override
	public String path() {
		return this.path;
	}

	@Override
	public Map<String, Fd> descriptors() {
		Map<String, Descriptors.Wanted> wanted = new LinkedHashMap<>();
		this.directories.forEach((name, directory) -> {
			if (directory.version() == Version.V1) {
				wanted.put(tasks(name), Descriptors.Wanted.tasks(directory));
			}
		});
		this.unified.ifPresent((directory) -> wanted.put(Descriptors.UNIFIED, Descriptors.Wanted.directory(directory)));
		return this.descriptors.open(wanted);
	}

	/**
	 * A single thread that moves itself takes no lock. To move it from outside, by its
	 * number in cgroup.procs, waits for all processors to pass a grace period of RCU.
	 */
	@Override
	public void plan(LaunchPlan.Builder plan) {
		this.directories.forEach((name, directory) -> {
			if (directory.version() == Version.V1) {
				plan.child()
					.call("join cgroup " + name, SystemCall.WRITE, plan.descriptor(tasks(name)), Arg.text("0"),
							Arg.number(1));
			}
		});
		cloneInto(plan);
	}

	private static String tasks(String hierarchy) {
		return "cgroup." + hierarchy;
	}

	@Override
	public Optional<Arg.Descriptor> cloneInto(LaunchPlan.Builder plan) {
		return this.unified.map((_) -> plan.descriptor(Descriptors.UNIFIED));
	}

	@Override
	public void closeDescriptors() {
		this.descriptors.close();
	}

	@Override
	public void update(ResourceSpec resources) {
		this.controls.replace(resources);
	}

	@Override
	public CgroupStats stats() {
		return this.controls.stats(this.unified);
	}

	@Override
	public Map<String, String> observe() {
		return this.controls.observe();
	}

	@Override
	public List<ControlCheck> compare(ResourceSpec resources, List<DeviceSpec.Rule> allowed, boolean allDevices) {
		return this.controls.compare(resources, DeviceRules.of(allowed, allDevices));
	}

	@Override
	public void freeze() {
		freezer().freeze();
	}

	@Override
	public void thaw() {
		freezer().thaw();
	}

	@Override
	public boolean isFrozen() {
		return freezer().isFrozen();
	}

	private Freezer freezer() {
		return this.controls.directory("freezer", Version.V1)
			.or(() -> this.unified)
			.map(Freezer::new)
			.orElseThrow(() -> new LinuxException("freeze", this.path, Errno.EOPNOTSUPP,
					"mount the freezer controller or cgroup2"));
	}

	@Override
	public List<Integer> processes() {
		return main().processes();
	}

	/**
	 * Where to look for processes: v2 as soon as there is one, for a process cannot leave
	 * it half.
	 */
	private Directory main() {
		return this.unified.orElseGet(() -> this.directories.values().iterator().next());
	}

	@Override
	public void kill() {
		if (main().has("cgroup.kill")) {
			main().write("cgroup.kill", "1");
			// a process that v1's freezer holds dies only when it is let go
			this.controls.directory("freezer", Version.V1).map(Freezer::new).ifPresent(Freezer::thaw);
		}
		else {
			freezer().killOneByOne();
		}
	}

	@Override
	public long oomKills() {
		return this.controls.oomKills();
	}

	@Override
	public void release() {
		remove(CgroupV2.PATIENCE);
	}

	/** Tries all hierarchies, with patience for all of them together. */
	void remove(Duration patience) {
		closeDescriptors();
		long end = System.nanoTime() + patience.toNanos();
		@Nullable LinuxException first = null;
		for (Directory directory : this.directories.values()) {
			try {
				directory.remove(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
			}
			catch (LinuxException ex) {
				if (first == null) {
					first = ex;
				}
				else {
					first.addSuppressed(ex);
				}
			}
		}
		if (first != null) {
			throw first;
		}
	}

}
