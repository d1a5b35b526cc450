package dev.caisson.engine.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.caisson.engine.spec.ResourceSpec;

/** {@code cpu}: share of processor time. Times are in microseconds. */
record CpuController() implements Controller {

	static final long DEFAULT_PERIOD = 100_000;

	private static final long DEFAULT_SHARES = 1024;

	private static final long DEFAULT_WEIGHT = 100;

	@Override
	public String name(Version version) {
		return "cpu";
	}

	@Override
	public List<Setting> settings(ResourceSpec resources, Directory directory) {
		return (directory.version() == Version.V1) ? v1(resources) : v2(resources);
	}

	@Override
	public List<Setting> unlimited(Directory directory) {
		return (directory.version() == Version.V1)
				? List.of(Setting.of("cpu.shares", DEFAULT_SHARES), Setting.of("cpu.cfs_period_us", DEFAULT_PERIOD),
						Setting.of("cpu.cfs_quota_us", -1))
				: List.of(Setting.of("cpu.weight", DEFAULT_WEIGHT), Setting.of("cpu.max", "max " + DEFAULT_PERIOD));
	}

	@Override
	public List<String> observed(Directory directory) {
		return (directory.version() == Version.V1) ? List.of("cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us")
				: List.of("cpu.weight", "cpu.max");
	}

	private static List<Setting> v1(ResourceSpec resources) {
		List<Setting> settings = new ArrayList<>();
		resources.cpuShares().ifPresent((shares) -> settings.add(Setting.of("cpu.shares", shares)));
		resources.cpuPeriod().ifPresent((period) -> settings.add(Setting.of("cpu.cfs_period_us", period)));
		resources.cpuQuota().ifPresent((quota) -> settings.add(Setting.of("cpu.cfs_quota_us", quota)));
		return settings;
	}

	private static List<Setting> v2(ResourceSpec resources) {
		List<Setting> settings = new ArrayList<>();
		resources.cpuShares().ifPresent((shares) -> settings.add(Setting.of("cpu.weight", weight(shares))));
		if (resources.cpuQuota().isPresent() || resources.cpuPeriod().isPresent()) {
			String quota = resources.cpuQuota().isPresent() ? Long.toString(resources.cpuQuota().getAsLong()) : "max";
			settings.add(Setting.of("cpu.max", quota + " " + resources.cpuPeriod().orElse(DEFAULT_PERIOD)));
		}
		return settings;
	}

	/**
	 * Shares, 2 to 262,144 with 1,024 as the default, as a weight, 1 to 10,000 with 100
	 * as the default. The curve goes through all three pairs, as runc's does since 1.4:
	 * the straight line that was usual before made the default 39, so that a group with
	 * default shares got less than one without.
	 */
	static long weight(long shares) {
		if (shares <= 2) {
			return 1;
		}
		if (shares >= 262_144) {
			return 10_000;
		}
		double log = Math.log(shares) / Math.log(2);
		return (long) Math.ceil(Math.pow(10, (log * log + 125 * log) / 612 - 7.0 / 34));
	}

	/**
	 * Of v1's two controllers, or of the file that every v2 group has.
	 * @param unified the group in v2
	 */
	static CgroupStats.Cpu stats(Controls controls, Optional<Directory> unified) {
		Optional<Directory> account = controls.directory("cpuacct", Version.V1);
		if (account.isEmpty()) {
			return unified.map((directory) -> v2Stats(ControlFile.numbers(directory.read("cpu.stat"))))
				.orElse(CgroupStats.Cpu.NONE);
		}
		return v1Stats(account.get(),
				controls.directory("cpu", Version.V1)
					.map((cpu) -> ControlFile.numbers(cpu.read("cpu.stat")))
					.orElse(Map.of()));
	}

	private static CgroupStats.Cpu v1Stats(Directory account, Map<String, Long> throttling) {
		List<Long> perProcessor = Stream.of(account.read("cpuacct.usage_percpu").split(" "))
			.map(Long::valueOf)
			.toList();
		return new CgroupStats.Cpu(ControlFile.number(account.read("cpuacct.usage"), 0),
				ControlFile.number(account.read("cpuacct.usage_user"), 0),
				ControlFile.number(account.read("cpuacct.usage_sys"), 0), perProcessor,
				throttling.getOrDefault("nr_periods", 0L), throttling.getOrDefault("nr_throttled", 0L),
				throttling.getOrDefault("throttled_time", 0L));
	}

	private static CgroupStats.Cpu v2Stats(Map<String, Long> stat) {
		return new CgroupStats.Cpu(nanos(stat, "usage_usec"), nanos(stat, "user_usec"), nanos(stat, "system_usec"),
				List.of(), stat.getOrDefault("nr_periods", 0L), stat.getOrDefault("nr_throttled", 0L),
				nanos(stat, "throttled_usec"));
	}

	private static long nanos(Map<String, Long> stat, String name) {
		return 1000 * stat.getOrDefault(name, 0L);
	}

}
