package dev.caisson.engine.cgroup;

import java.util.List;

import dev.caisson.engine.spec.ResourceSpec;

/** {@code pids}: number of tasks, alike in both versions. */
record PidsController() implements Controller {

	private static final String LIMIT = "pids.max";

	@Override
	public String name(Version version) {
		return "pids";
	}

	@Override
	public List<Setting> settings(ResourceSpec resources, Directory directory) {
		return resources.pids().isPresent() ? List.of(Setting.of(LIMIT, resources.pids().getAsLong())) : List.of();
	}

	@Override
	public List<Setting> unlimited(Directory directory) {
		return List.of(Setting.of(LIMIT, "max"));
	}

	@Override
	public List<String> observed(Directory directory) {
		return List.of(LIMIT);
	}

	static CgroupStats.Pids stats(Directory directory) {
		return new CgroupStats.Pids(ControlFile.number(directory.read("pids.current"), 0),
				ControlFile.limit(directory.read(LIMIT)));
	}

}
