package dev.caisson.engine.cgroup;

import java.util.List;

import dev.caisson.engine.spec.ResourceSpec;

/** A controller that has limits: what they are called in both versions. */
sealed interface Controller
		permits BlockController, CpuController, CpusetController, HugePageController, MemoryController, PidsController {

	/** Every one, in the order in which limits are written. */
	List<Controller> ALL = List.of(new CpusetController(), new CpuController(), new MemoryController(),
			new PidsController(), new BlockController(), new HugePageController());

	/** The kernel's name for it in a version: {@code blkio} is {@code io} in v2. */
	String name(Version version);

	/** What the declared limits are in this controller's files. */
	List<Setting> settings(ResourceSpec resources, Directory directory);

	/** What the files say where nothing is declared, to take a limit back. */
	List<Setting> unlimited(Directory directory);

	/** The files that show the limits of a group. */
	List<String> observed(Directory directory);

}
