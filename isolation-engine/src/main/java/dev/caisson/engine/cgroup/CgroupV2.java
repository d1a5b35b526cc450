package dev.caisson.engine.cgroup;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.ResourceSpec;

/** A group on a host with v2 alone: one directory for everything. */
final class CgroupV2 implements Cgroup {

	static final Duration PATIENCE = Duration.ofSeconds(2);

	private final String path;

	private final Directory directory;

	private final Controls controls;

	private final Freezer freezer;

	private final Descriptors descriptors = new Descriptors();

	CgroupV2(String path, Directory directory, Controls controls) {
		this.path = path;
		this.directory = directory;
		this.controls = controls;
		this.freezer = new Freezer(directory);
	}

	void make(ResourceSpec resources, DeviceRules rules, DevicePrograms programs) {
		this.directory.make();
		this.controls.apply(resources);
		programs.attach(rules, this.directory);
	}

	@Override
	public String path() {
		return this.path;
	}

	@Override
	public Map<String, Fd> descriptors() {
		return this.descriptors.open(Map.of(Descriptors.UNIFIED, Descriptors.Wanted.directory(this.directory)));
	}

	/** Nothing is left to do: the process is born inside. */
	@Override
	public void plan(LaunchPlan.Builder plan) {
		cloneInto(plan);
	}

	@Override
	public Optional<Arg.Descriptor> cloneInto(LaunchPlan.Builder plan) {
		return Optional.of(plan.descriptor(Descriptors.UNIFIED));
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
		return this.controls.stats(Optional.of(this.directory));
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
		this.freezer.freeze();
	}

	@Override
	public void thaw() {
		this.freezer.thaw();
	}

	@Override
	public boolean isFrozen() {
		return this.freezer.isFrozen();
	}

	@Override
	public List<Integer> processes() {
		return this.directory.processes();
	}

	/** The file reaches frozen processes and those of groups below (Linux 5.14). */
	@Override
	public void kill() {
		if (this.directory.has("cgroup.kill")) {
			this.directory.write("cgroup.kill", "1");
		}
		else {
			this.freezer.killOneByOne();
		}
	}

	@Override
	public long oomKills() {
		return this.controls.oomKills();
	}

	@Override
	public void release() {
		remove(PATIENCE);
	}

	void remove(Duration patience) {
		closeDescriptors();
		this.directory.remove(patience);
	}

}
