package dev.caisson.engine.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Block devices of the machine that can be throttled: whole disks. */
final class Disks {

	private Disks() {
	}

	static Path any() throws IOException {
		try (Stream<Path> disks = Files.list(Path.of("/sys/block"))) {
			return disks.map((disk) -> Path.of("/dev", disk.getFileName().toString()))
				.filter(Files::exists)
				.filter((disk) -> !disk.toString().contains("zram"))
				.sorted()
				.findFirst()
				.orElseThrow();
		}
	}

}
