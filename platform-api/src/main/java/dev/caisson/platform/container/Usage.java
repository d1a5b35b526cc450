package dev.caisson.platform.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.caisson.engine.cgroup.CgroupStats;
import dev.caisson.platform.container.UsageSample.Traffic;

import org.springframework.stereotype.Component;

/** Reads what containers use from the kernel, each time anew. */
@Component
final class Usage {

	/** Nanoseconds of USER_HZ, in which /proc counts on every architecture we run on. */
	private static final long TICK = 10_000_000;

	/**
	 * Of /proc/stat: user, nice, system, idle, iowait, irq, softirq. Docker adds these.
	 */
	private static final int COUNTED = 7;

	/** Of /proc/net/dev: where what was sent begins. */
	private static final int SENT = 8;

	private final long hostMemory = hostMemory();

	/** A sample of a container that does not run is {@link UsageSample#NONE}. */
	UsageSample sample(ContainerEntry entry) {
		return sample(entry, Host.read());
	}

	/** A sample of each container that runs, all against the same time of the host. */
	Map<ContainerEntry, UsageSample> sample(List<ContainerEntry> entries) {
		Host host = Host.read();
		// the kernel's work on some twenty files each is what takes the time
		List<UsageSample> read = entries.parallelStream().map((entry) -> sample(entry, host)).toList();
		Map<ContainerEntry, UsageSample> samples = new LinkedHashMap<>();
		for (int i = 0; i < read.size(); i++) {
			if (read.get(i).usage() != null) {
				samples.put(entries.get(i), read.get(i));
			}
		}
		return samples;
	}

	private UsageSample sample(ContainerEntry entry, Host host) {
		Optional<CgroupStats> usage = entry.container().stats();
		return usage
			.map((stats) -> new UsageSample(Clock.systemUTC().instant(), stats, host.nanos(), host.processors(),
					this.hostMemory, interfaces(entry)))
			.orElse(UsageSample.NONE);
	}

	/** Whoever shares the host's network would show the host's traffic. */
	private static Map<String, Traffic> interfaces(ContainerEntry entry) {
		if (entry.definition().hostConfig().networkMode().equals("host")) {
			return Map.of();
		}
		try {
			return parse(Files.readString(Path.of("/proc/" + entry.state().pid() + "/net/dev")));
		}
		catch (IOException ex) {
			// it has just ended
			return Map.of();
		}
	}

	/** See proc_pid_net(5): two lines of titles, then an interface a line. */
	static Map<String, Traffic> parse(String table) {
		Map<String, Traffic> interfaces = new TreeMap<>();
		table.lines().skip(2).forEach((line) -> {
			int colon = line.indexOf(':');
			String name = line.substring(0, Math.max(colon, 0)).strip();
			if (!name.isEmpty() && !name.equals("lo")) {
				String[] words = line.substring(colon + 1).strip().split(" +");
				interfaces.put(name,
						new Traffic(number(words, 0), number(words, 1), number(words, 2), number(words, 3),
								number(words, SENT), number(words, SENT + 1), number(words, SENT + 2),
								number(words, SENT + 3)));
			}
		});
		return interfaces;
	}

	private static long number(String[] words, int index) {
		return Long.parseLong(words[index]);
	}

	private static long hostMemory() {
		String total = read("/proc/meminfo").lines().findFirst().orElse("MemTotal: 0 kB");
		return Long.parseLong(total.replaceAll("\\D", "")) * 1024;
	}

	private static String read(String file) {
		try {
			return Files.readString(Path.of(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read " + file, ex);
		}
	}

	/**
	 * The host's processors.
	 *
	 * @param nanos time of all of them since the boot, idle or not
	 * @param processors how many
	 */
	private record Host(long nanos, int processors) {

		static Host read() {
			List<String> lines = Usage.read("/proc/stat").lines().filter((line) -> line.startsWith("cpu")).toList();
			String[] words = lines.getFirst().split(" +");
			long ticks = 0;
			for (int i = 1; i <= COUNTED; i++) {
				ticks += Long.parseLong(words[i]);
			}
			return new Host(ticks * TICK, lines.size() - 1);
		}

	}

}
