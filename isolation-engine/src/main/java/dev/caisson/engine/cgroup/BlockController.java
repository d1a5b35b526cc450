package dev.caisson.engine.cgroup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle.Kind;

/** {@code blkio}, {@code io} in v2: traffic to block devices. */
record BlockController() implements Controller {

	private static final String THROTTLE = "io.max";

	@Override
	public String name(Version version) {
		return (version == Version.V1) ? "blkio" : "io";
	}

	@Override
	public List<Setting> settings(ResourceSpec resources, Directory directory) {
		List<Setting> settings = new ArrayList<>();
		resources.blockWeight().ifPresent((weight) -> {
			String file = weightFile(directory);
			settings.add(Setting.ifThere(file, weight(file, weight)));
		});
		for (BlockThrottle throttle : resources.blockThrottles()) {
			settings.add(throttle(throttle, directory));
		}
		return settings;
	}

	private static Setting throttle(BlockThrottle throttle, Directory directory) {
		String device = DeviceNumber.ofBlockDevice(throttle.device()).toString();
		if (throttle.kind() == Kind.WEIGHT) {
			String file = deviceWeightFile(directory);
			return new Setting(file, device, device + " " + weight(file, throttle.limit()), true);
		}
		if (directory.version() == Version.V1) {
			return Setting.keyed(v1File(throttle.kind()), device, device + " " + throttle.limit());
		}
		String key = v2Key(throttle.kind());
		return Setting.keyed(THROTTLE, device + " " + key, device + " " + key + "=" + throttle.limit());
	}

	/** The old name, gone with the CFQ scheduler in Linux 5.0, or BFQ's, or v2's own. */
	static String weightFile(Directory directory) {
		if (directory.version() == Version.V1) {
			return directory.has("blkio.weight") ? "blkio.weight" : "blkio.bfq.weight";
		}
		return directory.has("io.bfq.weight") ? "io.bfq.weight" : "io.weight";
	}

	private static String deviceWeightFile(Directory directory) {
		String file = weightFile(directory);
		return (directory.version() == Version.V1) ? file + "_device" : file;
	}

	/** The range 10 to 1000, as the 1 to 10,000 of {@code io.weight}. */
	static long weight(String file, long weight) {
		return file.equals("io.weight") ? 1 + (weight - 10) * 9999 / 990 : weight;
	}

	@Override
	public List<Setting> unlimited(Directory directory) {
		List<Setting> settings = new ArrayList<>();
		settings.add(Setting.ifThere(weightFile(directory), weightFile(directory).equals("blkio.weight") ? 500 : 100));
		if (directory.version() == Version.V1) {
			for (Kind kind : List.of(Kind.READ_BYTES, Kind.WRITE_BYTES, Kind.READ_OPERATIONS, Kind.WRITE_OPERATIONS)) {
				devices(directory, v1File(kind))
					.forEach((device) -> settings.add(Setting.keyed(v1File(kind), device, device + " 0")));
			}
			return settings;
		}
		for (String device : devices(directory, THROTTLE)) {
			for (String key : List.of("rbps", "wbps", "riops", "wiops")) {
				settings.add(Setting.keyed(THROTTLE, device + " " + key, device + " " + key + "=max"));
			}
		}
		return settings;
	}

	@Override
	public List<String> observed(Directory directory) {
		return (directory.version() == Version.V1)
				? List.of(weightFile(directory), v1File(Kind.READ_BYTES), v1File(Kind.WRITE_BYTES),
						v1File(Kind.READ_OPERATIONS), v1File(Kind.WRITE_OPERATIONS))
				: List.of(weightFile(directory), THROTTLE);
	}

	private static List<String> devices(Directory directory, String file) {
		return directory.find(file)
			.map((text) -> text.lines().map((line) -> line.split(" ", 2)[0]).toList())
			.orElse(List.of());
	}

	private static String v1File(Kind kind) {
		return switch (kind) {
			case READ_BYTES -> "blkio.throttle.read_bps_device";
			case WRITE_BYTES -> "blkio.throttle.write_bps_device";
			case READ_OPERATIONS -> "blkio.throttle.read_iops_device";
			case WRITE_OPERATIONS -> "blkio.throttle.write_iops_device";
			case WEIGHT -> "blkio.bfq.weight_device";
		};
	}

	private static String v2Key(Kind kind) {
		return switch (kind) {
			case READ_BYTES -> "rbps";
			case WRITE_BYTES -> "wbps";
			case READ_OPERATIONS -> "riops";
			case WRITE_OPERATIONS -> "wiops";
			case WEIGHT -> throw new IllegalArgumentException("a weight is no throttle");
		};
	}

	/** What each device has moved for the group since it was made. */
	static List<CgroupStats.BlockDevice> stats(Directory directory) {
		Map<String, long[]> byDevice = new LinkedHashMap<>();
		if (directory.version() == Version.V1) {
			addV1(byDevice, directory.find("blkio.throttle.io_service_bytes_recursive").orElse(""), 0);
			addV1(byDevice, directory.find("blkio.throttle.io_serviced_recursive").orElse(""), 2);
		}
		else {
			directory.find("io.stat").orElse("").lines().forEach((line) -> addV2(byDevice, line));
		}
		return byDevice.entrySet().stream().map((entry) -> {
			DeviceNumber device = DeviceNumber.parse(entry.getKey());
			long[] counts = entry.getValue();
			return new CgroupStats.BlockDevice(device.major(), device.minor(), counts[0], counts[1], counts[2],
					counts[3]);
		}).toList();
	}

	/** Lines such as {@code 8:0 Read 4096}, and at the end {@code Total 4096}. */
	private static void addV1(Map<String, long[]> byDevice, String content, int first) {
		content.lines().map((line) -> line.split(" ")).filter((words) -> words.length == 3).forEach((words) -> {
			int place = switch (words[1]) {
				case "Read" -> first;
				case "Write" -> first + 1;
				default -> -1;
			};
			if (place >= 0) {
				byDevice.computeIfAbsent(words[0], (_) -> new long[4])[place] = Long.parseLong(words[2]);
			}
		});
	}

	/** A line such as {@code 8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0}. */
	private static void addV2(Map<String, long[]> byDevice, String line) {
		String[] words = line.split(" ");
		for (int i = 1; i < words.length; i++) {
			String[] pair = words[i].split("=", 2);
			int place = List.of("rbytes", "wbytes", "rios", "wios").indexOf(pair[0]);
			if (place >= 0) {
				byDevice.computeIfAbsent(words[0], (_) -> new long[4])[place] = Long.parseLong(pair[1]);
			}
		}
	}

}
