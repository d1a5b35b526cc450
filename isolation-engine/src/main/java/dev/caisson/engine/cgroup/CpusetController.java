package dev.caisson.engine.cgroup;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.spec.ResourceSpec;

/** {@code cpuset}: which processors and memory nodes. */
record CpusetController() implements Controller {

	private static final String CPUS = "cpuset.cpus";

	private static final String NODES = "cpuset.mems";

	@Override
	public String name(Version version) {
		return "cpuset";
	}

	@Override
	public List<Setting> settings(ResourceSpec resources, Directory directory) {
		List<Setting> settings = new ArrayList<>();
		if (!resources.cpus().isEmpty()) {
			settings.add(Setting.of(CPUS, resources.cpus()));
		}
		if (!resources.memoryNodes().isEmpty()) {
			settings.add(Setting.of(NODES, resources.memoryNodes()));
		}
		return settings;
	}

	@Override
	public List<Setting> unlimited(Directory directory) {
		return List.of(Setting.of(CPUS, inherited(directory, CPUS)), Setting.of(NODES, inherited(directory, NODES)));
	}

	/** v1 has no empty set that means the parent's: it must be copied. */
	private static String inherited(Directory directory, String file) {
		return (directory.version() == Version.V2) ? "\n" : directory.parent().read(file);
	}

	@Override
	public List<String> observed(Directory directory) {
		return (directory.version() == Version.V1) ? List.of(CPUS, NODES)
				: List.of(CPUS, NODES, "cpuset.cpus.effective", "cpuset.mems.effective");
	}

	/**
	 * Makes a v1 directory fit for groups below it: without processors and memory nodes
	 * no task may enter, and with clone_children the groups below get them at no cost.
	 */
	static void prepare(Directory directory) {
		for (String file : List.of(CPUS, NODES)) {
			if (directory.read(file).isEmpty()) {
				directory.write(file, directory.parent().read(file));
			}
		}
		directory.write("cgroup.clone_children", "1");
	}

	static String availableCpus(Directory directory) {
		return available(directory, "cpuset.effective_cpus", "cpuset.cpus.effective");
	}

	static String availableNodes(Directory directory) {
		return available(directory, "cpuset.effective_mems", "cpuset.mems.effective");
	}

	private static String available(Directory directory, String v1, String v2) {
		return directory.read((directory.version() == Version.V1) ? v1 : v2);
	}

}
