package dev.caisson.engine.cgroup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.ResourceSpec;

/**
 * The limits and counters of one group. The kernel has a controller in one hierarchy
 * only, but different ones may be in different hierarchies, of different versions.
 *
 * @param directories the group's directory for each controller
 */
record Controls(Map<String, Directory> directories) {

	Controls {
		directories = Map.copyOf(directories);
	}

	Optional<Directory> directory(String controller, Version version) {
		return Optional.ofNullable(this.directories.get(controller))
			.filter((directory) -> directory.version() == version);
	}

	Optional<Directory> directory(Controller controller) {
		return directory(controller.name(Version.V1), Version.V1)
			.or(() -> directory(controller.name(Version.V2), Version.V2));
	}

	/** Writes the declared limits into a new group. */
	void apply(ResourceSpec resources) {
		for (Controller controller : Controller.ALL) {
			directory(controller)
				.ifPresent((directory) -> writeAll(directory, controller.settings(resources, directory)));
		}
	}

	/** Writes the declared limits, and takes back those no longer declared. */
	void replace(ResourceSpec resources) {
		for (Controller controller : Controller.ALL) {
			directory(controller)
				.ifPresent((directory) -> writeAll(directory, complete(controller, resources, directory)));
		}
	}

	/** What is declared, and for everything else what the kernel has by itself. */
	private static List<Setting> complete(Controller controller, ResourceSpec resources, Directory directory) {
		List<Setting> settings = new ArrayList<>(controller.unlimited(directory));
		for (Setting declared : controller.settings(resources, directory)) {
			settings.removeIf(declared::replaces);
			settings.add(declared);
		}
		return settings;
	}

	/** Holds what the kernel shows against what was declared, file by file. */
	List<ControlCheck> compare(ResourceSpec resources, DeviceRules rules) {
		List<ControlCheck> checks = new ArrayList<>();
		for (Controller controller : Controller.ALL) {
			directory(controller).ifPresent((directory) -> {
				List<Setting> asked = controller.settings(resources, directory);
				for (Setting setting : complete(controller, resources, directory)) {
					directory.find(setting.file())
						.ifPresent((text) -> checks.add(check(setting, asked.contains(setting), text)));
				}
			});
		}
		directory("devices", Version.V1).flatMap((directory) -> directory.find("devices.list"))
			.ifPresent((text) -> checks.add(new ControlCheck("devices.list", !rules.all(), rules.listing(), text)));
		return checks;
	}

	private static ControlCheck check(Setting setting, boolean asked, String content) {
		String declared = setting.text().strip();
		return setting.key().isEmpty() ? new ControlCheck(setting.file(), asked, declared, content)
				: new ControlCheck(setting.file() + " " + setting.key(), asked, declared, line(setting, content));
	}

	/** Such as {@code 8:0 1048576}, or of several words {@code 8:0 rbps=1048576}. */
	private static String line(Setting setting, String content) {
		String device = setting.key().split(" ", 2)[0];
		int equals = setting.text().indexOf('=');
		String line = content.lines().filter((each) -> each.startsWith(device + " ")).findFirst().orElse("");
		if (equals < 0 || line.isEmpty()) {
			return line;
		}
		String word = setting.text().substring(device.length() + 1, equals + 1);
		return Stream.of(line.split(" "))
			.filter((each) -> each.startsWith(word))
			.map((each) -> device + " " + each)
			.findFirst()
			.orElse("");
	}

	/**
	 * The kernel checks some values against each other: quota and period against the
	 * parent's, memory against memory and swap. What it refuses is tried once more when
	 * the others have been written. A file that v2 does not have comes with its
	 * controller, which the parent may not have passed on yet.
	 */
	private static void writeAll(Directory directory, List<Setting> settings) {
		List<Setting> refused = new ArrayList<>();
		for (Setting setting : settings) {
			try {
				directory.write(setting);
			}
			catch (LinuxException ex) {
				boolean late = ex.is(Errno.ENOENT) && directory.version() == Version.V2;
				if (!late && (settings.size() == 1 || !ex.is(Errno.EINVAL))) {
					throw ex;
				}
				if (late) {
					Parents.enable(directory.parent());
				}
				refused.add(setting);
			}
		}
		refused.forEach(directory::write);
	}

	/** The limits as the kernel shows them, by file. */
	Map<String, String> observe() {
		Map<String, String> observed = new LinkedHashMap<>();
		for (Controller controller : Controller.ALL) {
			directory(controller).ifPresent((directory) -> controller.observed(directory)
				.forEach((file) -> directory.find(file).ifPresent((text) -> observed.put(file, text))));
		}
		directory("devices", Version.V1).flatMap((directory) -> directory.find("devices.list"))
			.ifPresent((text) -> observed.put("devices.list", text));
		return observed;
	}

	/**
	 * What the group has used.
	 * @param unified its directory in the v2 hierarchy, which alone shows pressure, and
	 * processor time where v1 does not
	 */
	CgroupStats stats(Optional<Directory> unified) {
		return new CgroupStats(CpuController.stats(this, unified),
				stats(new MemoryController(), MemoryController::stats, CgroupStats.Memory.NONE),
				stats(new PidsController(), PidsController::stats, CgroupStats.Pids.NONE),
				stats(new BlockController(), BlockController::stats, List.of()),
				unified.map(PressureFiles::read).orElse(Map.of()));
	}

	private <T> T stats(Controller controller, Function<Directory, T> reader, T none) {
		return directory(controller).map(reader).orElse(none);
	}

	long oomKills() {
		return directory(new MemoryController()).map(MemoryController::oomKills).orElse(0L);
	}

}
