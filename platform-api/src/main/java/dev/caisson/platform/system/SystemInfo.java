package dev.caisson.platform.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.system.Inventory.Figures;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The answer of {@code docker info}: what is true of this host, in Docker's fields. Where
 * Docker has parts that Caisson has not (containerd, runc, swarm), it says so.
 */
@Component
final class SystemInfo {

	private final CaissonSettings settings;

	private final Inventory inventory;

	private @Nullable HostFacts host;

	private @Nullable String id;

	SystemInfo(CaissonSettings settings, Inventory inventory) {
		this.settings = settings;
		this.inventory = inventory;
	}

	Map<String, Object> now() throws IOException {
		HostFacts facts = host();
		Map<String, Object> info = new LinkedHashMap<>();
		putFigures(info, this.inventory.count());
		putIdentity(info);
		putHost(info, facts);
		putLimits(info, facts);
		putStorage(info);
		putRuntime(info);
		putProcess(info);
		putAbsent(info);
		info.put("SecurityOptions", securityOptions(facts));
		info.put("Warnings", warnings(facts));
		return info;
	}

	private synchronized HostFacts host() throws IOException {
		HostFacts facts = this.host;
		if (facts == null) {
			facts = HostFacts.read();
			this.host = facts;
		}
		return facts;
	}

	/** The name of this installation: made once, kept with the data. */
	private synchronized String id() throws IOException {
		String known = this.id;
		if (known == null) {
			Path file = this.settings.dataRoot().resolve("engine-id");
			if (Files.exists(file)) {
				known = Files.readString(file).strip();
			}
			else {
				known = UUID.randomUUID().toString();
				Files.createDirectories(file.getParent());
				Files.writeString(file, known + "\n");
			}
			this.id = known;
		}
		return known;
	}

	private static void putFigures(Map<String, Object> info, Figures figures) {
		info.put("Containers", figures.running() + figures.paused() + figures.stopped());
		info.put("ContainersRunning", figures.running());
		info.put("ContainersPaused", figures.paused());
		info.put("ContainersStopped", figures.stopped());
		info.put("Images", figures.images());
	}

	private void putIdentity(Map<String, Object> info) throws IOException {
		info.put("ID", id());
		info.put("Name", HostFacts.hostname());
		info.put("ServerVersion", CaissonSettings.version());
		info.put("Labels", List.of());
		info.put("ExperimentalBuild", false);
		info.put("LiveRestoreEnabled", true);
	}

	private static void putHost(Map<String, Object> info, HostFacts facts) throws IOException {
		info.put("KernelVersion", facts.kernel());
		info.put("OperatingSystem", facts.distribution());
		info.put("OSVersion", facts.distributionVersion());
		info.put("OSType", "linux");
		info.put("Architecture", HostFacts.machine());
		info.put("NCPU", facts.processors());
		info.put("MemTotal", facts.memory());
		info.put("IPv4Forwarding", HostFacts.forwardsIpv4());
	}

	/** What can be limited; in v2 CPU shares are weights and swap is always counted. */
	private static void putLimits(Map<String, Object> info, HostFacts facts) {
		boolean cpu = facts.controls("cpu");
		boolean memory = facts.controls("memory");
		info.put("CgroupDriver", "cgroupfs");
		info.put("CgroupVersion", facts.unifiedCgroups() ? "2" : "1");
		info.put("MemoryLimit", memory);
		info.put("SwapLimit", memory && hasSwapLimit(facts));
		info.put("CpuCfsPeriod", cpu);
		info.put("CpuCfsQuota", cpu);
		info.put("CPUShares", cpu);
		info.put("CPUSet", facts.controls("cpuset"));
		info.put("PidsLimit", facts.controls("pids"));
		info.put("OomKillDisable", memory && !facts.unifiedCgroups());
	}

	/** A v1 kernel may be built or booted without accounting of swap. */
	private static boolean hasSwapLimit(HostFacts facts) {
		return facts.unifiedCgroups() || Files.exists(Path.of("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"));
	}

	private void putStorage(Map<String, Object> info) throws IOException {
		Path root = this.settings.dataRoot();
		info.put("Driver", "overlay");
		info.put("DriverStatus", List.of(List.of("Backing Filesystem", Files.getFileStore(root).type())));
		info.put("DockerRootDir", root.toString());
		info.put("LoggingDriver", "json-file");
		info.put("Plugins", Map.of("Volume", List.of("local"), "Network", List.of("host", "null"), "Authorization",
				List.of(), "Log", List.of("json-file")));
	}

	private static void putRuntime(Map<String, Object> info) {
		info.put("Runtimes", Map.of("caisson", Map.of("path", "stage0")));
		info.put("DefaultRuntime", "caisson");
		info.put("InitBinary", "stage0");
		info.put("Isolation", "");
		info.put("ContainerdCommit", Map.of("ID", ""));
		info.put("RuncCommit", Map.of("ID", ""));
		info.put("InitCommit", Map.of("ID", ""));
	}

	private static void putProcess(Map<String, Object> info) throws IOException {
		info.put("Debug", false);
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			info.put("NFd", (int) descriptors.count());
		}
		info.put("NGoroutines", Thread.activeCount());
		info.put("NEventsListener", 0);
		info.put("SystemTime", Instant.now().toString());
		info.put("HttpProxy", "");
		info.put("HttpsProxy", "");
		info.put("NoProxy", "");
	}

	/** Docker's clients read these fields without asking whether they are there. */
	private static void putAbsent(Map<String, Object> info) {
		info.put("Swarm", Map.of("NodeID", "", "NodeAddr", "", "LocalNodeState", "inactive", "ControlAvailable", false,
				"Error", "", "RemoteManagers", List.of()));
		info.put("IndexServerAddress", "");
		info.put("RegistryConfig",
				Map.of("InsecureRegistryCIDRs", List.of(), "IndexConfigs", Map.of(), "Mirrors", List.of()));
		info.put("GenericResources", List.of());
		info.put("DefaultAddressPools", List.of());
		info.put("CDISpecDirs", List.of());
		info.put("ProductLicense", "");
	}

	private static List<String> securityOptions(HostFacts facts) {
		List<String> options = new ArrayList<>(List.of("name=seccomp,profile=builtin"));
		if (facts.selinux()) {
			options.add("name=selinux");
		}
		options.add("name=cgroupns");
		return options;
	}

	private static List<String> warnings(HostFacts facts) {
		List<String> warnings = new ArrayList<>();
		Map.of("memory", "memory limit", "cpu", "cpu limit", "cpuset", "cpuset", "pids", "pids limit")
			.forEach((controller, name) -> {
				if (!facts.controls(controller)) {
					warnings.add("WARNING: No " + name + " support");
				}
			});
		if (facts.controls("memory") && !hasSwapLimit(facts)) {
			warnings.add("WARNING: No swap limit support");
		}
		return warnings.stream().sorted().toList();
	}

}
