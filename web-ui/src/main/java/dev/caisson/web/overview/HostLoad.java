package dev.caisson.web.overview;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.web.frame.Quantity;

/**
 * What the host has and what of it is in use, as the kernel says.
 *
 * @param name its own
 * @param kernel release
 * @param load runnable tasks, averaged over a minute, see proc_loadavg(5)
 * @param processors how many
 * @param memory bytes
 * @param available bytes that could be had without swapping
 * @param pressure share of the last ten seconds in which some task waited for a
 * processor; empty where the kernel does not measure it
 */
public record HostLoad(String name, String kernel, double load, int processors, long memory, long available,
		String pressure) {

	static HostLoad read() throws IOException {
		List<String> meminfo = Files.readAllLines(Path.of("/proc/meminfo"));
		return new HostLoad(line("/proc/sys/kernel/hostname"), line("/proc/sys/kernel/osrelease"),
				Double.parseDouble(line("/proc/loadavg").split(" ")[0]), Runtime.getRuntime().availableProcessors(),
				bytes(meminfo, "MemTotal:"), bytes(meminfo, "MemAvailable:"), stalls());
	}

	private static String line(String file) throws IOException {
		return Files.readString(Path.of(file)).strip();
	}

	/** Kibibytes, named kB. */
	private static long bytes(List<String> lines, String key) {
		return lines.stream()
			.filter((line) -> line.startsWith(key))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
			.findFirst()
			.orElse(0);
	}

	private static String stalls() throws IOException {
		Path file = Path.of("/proc/pressure/cpu");
		return Files.isReadable(file) ? line(file.toString()).replaceAll("(?s)some avg10=([0-9.]+).*", "$1%") : "";
	}

	public String memoryUsed() {
		return Quantity.bytes(this.memory - this.available);
	}

	public String memoryTotal() {
		return Quantity.bytes(this.memory);
	}

	public String memoryShare() {
		return Quantity.share((double) this.memory - this.available, this.memory);
	}

	public String loadShare() {
		return Quantity.share(this.load, this.processors);
	}

}
