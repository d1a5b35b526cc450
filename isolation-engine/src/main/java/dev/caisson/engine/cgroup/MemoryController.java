package dev.caisson.engine.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import dev.caisson.engine.spec.ResourceSpec;

/** {@code memory}: limits in bytes. */
record MemoryController() implements Controller {

	static final String V1_SWAP = "memory.memsw.limit_in_bytes";

	static final String V2_SWAP = "memory.swap.max";

	private static final long UNLIMITED_SWAP = -1;

	@Override
	public String name(Version version) {
		return "memory";
	}

	@Override
	public List<Setting> settings(ResourceSpec resources, Directory directory) {
		return (directory.version() == Version.V1) ? v1(resources) : v2(resources);
	}

	@Override
	public List<Setting> unlimited(Directory directory) {
		return (directory.version() == Version.V1)
				? List.of(Setting.of("memory.limit_in_bytes", -1), Setting.ifThere(V1_SWAP, -1),
						Setting.of("memory.soft_limit_in_bytes", -1), Setting.ifThere("memory.oom_control", 0),
						Setting.ifThere("memory.swappiness", directory.parent().find("memory.swappiness").orElse("60")))
				: List.of(Setting.of("memory.max", "max"), Setting.ifThere(V2_SWAP, "max"),
						Setting.of("memory.low", 0));
	}

	@Override
	public List<String> observed(Directory directory) {
		return (directory.version() == Version.V1) ? List.of("memory.limit_in_bytes", V1_SWAP,
				"memory.soft_limit_in_bytes", "memory.swappiness", "memory.oom_control")
				: List.of("memory.max", V2_SWAP, "memory.low");
	}

	private static List<Setting> v1(ResourceSpec resources) {
		List<Setting> settings = new ArrayList<>();
		resources.memory().ifPresent((limit) -> settings.add(Setting.of("memory.limit_in_bytes", limit)));
		memoryAndSwap(resources).ifPresent((limit) -> settings.add(Setting.ifThere(V1_SWAP, limit)));
		resources.memoryReservation()
			.ifPresent((limit) -> settings.add(Setting.of("memory.soft_limit_in_bytes", limit)));
		resources.swappiness().ifPresent((value) -> settings.add(Setting.ifThere("memory.swappiness", value)));
		if (resources.oomKillDisable()) {
			settings.add(Setting.ifThere("memory.oom_control", 1));
		}
		return settings;
	}

	/** v2 counts swap alone, and knows neither swappiness nor a disabled OOM killer. */
	private static List<Setting> v2(ResourceSpec resources) {
		List<Setting> settings = new ArrayList<>();
		resources.memory().ifPresent((limit) -> settings.add(Setting.of("memory.max", limit)));
		memoryAndSwap(resources).ifPresent((limit) -> settings.add(Setting.ifThere(V2_SWAP,
				(limit == UNLIMITED_SWAP) ? "max" : Long.toString(limit - resources.memory().orElse(0)))));
		resources.memoryReservation().ifPresent((limit) -> settings.add(Setting.of("memory.low", limit)));
		return settings;
	}

	/** Who declares memory alone gets as much swap again, as with Docker. */
	private static OptionalLong memoryAndSwap(ResourceSpec resources) {
		if (resources.memorySwap().isPresent() || resources.memory().isEmpty()) {
			return resources.memorySwap();
		}
		long memory = resources.memory().getAsLong();
		return OptionalLong.of((memory < Long.MAX_VALUE / 2) ? 2 * memory : UNLIMITED_SWAP);
	}

	/** How often the OOM killer has killed a process of the group, or of one below. */
	static long oomKills(Directory directory) {
		String file = (directory.version() == Version.V1) ? "memory.oom_control" : "memory.events";
		return directory.find(file)
			.map(ControlFile::numbers)
			.map((events) -> events.getOrDefault("oom_kill", 0L))
			.orElse(0L);
	}

	/** Usage, from the files of either version. */
	static CgroupStats.Memory stats(Directory directory) {
		var details = ControlFile.numbers(directory.read("memory.stat"));
		if (directory.version() == Version.V1) {
			long usage = ControlFile.number(directory.read("memory.usage_in_bytes"), 0);
			return new CgroupStats.Memory(usage, less(usage, details.getOrDefault("total_inactive_file", 0L)),
					details.getOrDefault("total_rss", 0L), details.getOrDefault("total_cache", 0L),
					details.getOrDefault("total_swap", 0L), ControlFile.limit(directory.read("memory.limit_in_bytes")),
					ControlFile.limit(directory.read("memory.max_usage_in_bytes")),
					ControlFile.number(directory.read("memory.failcnt"), 0), oomKills(directory), details);
		}
		long usage = ControlFile.number(directory.read("memory.current"), 0);
		var events = ControlFile.numbers(directory.read("memory.events"));
		return new CgroupStats.Memory(usage, less(usage, details.getOrDefault("inactive_file", 0L)),
				details.getOrDefault("anon", 0L), details.getOrDefault("file", 0L),
				directory.find("memory.swap.current").map((text) -> ControlFile.number(text, 0)).orElse(0L),
				ControlFile.limit(directory.read("memory.max")),
				directory.find("memory.peak").map(ControlFile::limit).orElse(OptionalLong.empty()),
				events.getOrDefault("max", 0L), events.getOrDefault("oom_kill", 0L), details);
	}

	/** The counters are not read at the same moment: no negative working set. */
	private static long less(long usage, long part) {
		return Math.max(0, usage - part);
	}

}
