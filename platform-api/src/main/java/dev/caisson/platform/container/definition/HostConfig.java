package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.spec.PrivilegeSpec;
import dev.caisson.engine.spec.RootSpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The part of a container's definition that depends on the host: Docker's
 * {@code HostConfig}, with the names, units and meanings of its API. What a client leaves
 * out gets Docker's default here, so that what is shown is what is done. Fields of
 * Windows are dropped.
 */
@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostConfig(List<String> binds, @JsonProperty("ContainerIDFile") String containerIdFile,
		LogConfig logConfig, String networkMode, Map<String, @Nullable List<PortBinding>> portBindings,
		RestartPolicy restartPolicy, boolean autoRemove, String volumeDriver, List<String> volumesFrom,
		List<MountRequest> mounts, @Nullable List<Integer> consoleSize, Map<String, String> annotations,
		List<String> capAdd, List<String> capDrop, String cgroupnsMode, List<String> dns, List<String> dnsOptions,
		List<String> dnsSearch, List<String> extraHosts, List<String> groupAdd, String ipcMode, String cgroup,
		List<String> links, int oomScoreAdj, String pidMode, boolean privileged, boolean publishAllPorts,
		boolean readonlyRootfs, List<String> securityOpt, Map<String, String> storageOpt, Map<String, String> tmpfs,
		@JsonProperty("UTSMode") String utsMode, String usernsMode, long shmSize, Map<String, String> sysctls,
		String runtime, String isolation, List<String> maskedPaths, List<String> readonlyPaths, long cpuShares,
		long memory, long nanoCpus, String cgroupParent, int blkioWeight, List<DeviceWeight> blkioWeightDevice,
		List<DeviceRate> blkioDeviceReadBps, List<DeviceRate> blkioDeviceWriteBps,
		@JsonProperty("BlkioDeviceReadIOps") List<DeviceRate> blkioDeviceReadIops,
		@JsonProperty("BlkioDeviceWriteIOps") List<DeviceRate> blkioDeviceWriteIops, long cpuPeriod, long cpuQuota,
		long cpuRealtimePeriod, long cpuRealtimeRuntime, String cpusetCpus, String cpusetMems,
		List<DeviceMapping> devices, List<String> deviceCgroupRules, List<DeviceRequest> deviceRequests,
		long memoryReservation, long memorySwap, @Nullable Long memorySwappiness, boolean oomKillDisable,
		@Nullable Boolean init, @Nullable Long pidsLimit, List<Ulimit> ulimits) {

	/** {@code MemorySwap} of one who set a memory limit alone: as much swap as memory. */
	private static final int SWAP_FACTOR = 2;

	public HostConfig {
		containerIdFile = Absent.text(containerIdFile);
		logConfig = (logConfig != null) ? logConfig : new LogConfig("", Map.of());
		networkMode = Absent.text(networkMode, "default").replaceFirst("^default$", "bridge");
		portBindings = new TreeMap<>(Absent.map(portBindings));
		restartPolicy = (restartPolicy != null) ? restartPolicy : new RestartPolicy("", 0);
		volumeDriver = Absent.text(volumeDriver);
		annotations = new TreeMap<>(Absent.map(annotations));
		cgroupnsMode = Absent.text(cgroupnsMode, "private");
		ipcMode = Absent.text(ipcMode, "private");
		cgroup = Absent.text(cgroup);
		pidMode = Absent.text(pidMode);
		storageOpt = new TreeMap<>(Absent.map(storageOpt));
		tmpfs = new TreeMap<>(Absent.map(tmpfs));
		utsMode = Absent.text(utsMode);
		usernsMode = Absent.text(usernsMode);
		shmSize = (shmSize == 0) ? RootSpec.DEFAULT_SHARED_MEMORY : shmSize;
		sysctls = new TreeMap<>(Absent.map(sysctls));
		runtime = Absent.text(runtime, "caisson");
		isolation = Absent.text(isolation);
		maskedPaths = pathsOrDefault(maskedPaths, privileged, PrivilegeSpec.DEFAULT_MASKED);
		readonlyPaths = pathsOrDefault(readonlyPaths, privileged, PrivilegeSpec.DEFAULT_READ_ONLY);
		cgroupParent = Absent.text(cgroupParent);
		cpusetCpus = Absent.text(cpusetCpus);
		cpusetMems = Absent.text(cpusetMems);
		memorySwap = (memory > 0 && memorySwap == 0) ? saturatedSwap(memory) : memorySwap;
		memorySwappiness = (memorySwappiness != null && memorySwappiness == -1) ? null : memorySwappiness;
		pidsLimit = (pidsLimit != null && pidsLimit <= 0) ? null : pidsLimit;
		binds = Absent.list(binds);
		volumesFrom = Absent.list(volumesFrom);
		mounts = Absent.list(mounts);
		capAdd = Absent.list(capAdd);
		capDrop = Absent.list(capDrop);
		dns = Absent.list(dns);
		dnsOptions = Absent.list(dnsOptions);
		dnsSearch = Absent.list(dnsSearch);
		extraHosts = Absent.list(extraHosts);
		groupAdd = Absent.list(groupAdd);
		links = Absent.list(links);
		securityOpt = Absent.list(securityOpt);
		blkioWeightDevice = Absent.list(blkioWeightDevice);
		blkioDeviceReadBps = Absent.list(blkioDeviceReadBps);
		blkioDeviceWriteBps = Absent.list(blkioDeviceWriteBps);
		blkioDeviceReadIops = Absent.list(blkioDeviceReadIops);
		blkioDeviceWriteIops = Absent.list(blkioDeviceWriteIops);
		devices = Absent.list(devices);
		deviceCgroupRules = Absent.list(deviceCgroupRules);
		deviceRequests = Absent.list(deviceRequests);
		ulimits = Absent.list(ulimits);
	}

	private static List<String> pathsOrDefault(@Nullable List<String> given, boolean privileged,
			List<String> otherwise) {
		if (given != null) {
			return Absent.list(given);
		}
		return privileged ? List.of() : otherwise;
	}

	private static long saturatedSwap(long memory) {
		return (memory > Long.MAX_VALUE / SWAP_FACTOR) ? Long.MAX_VALUE : memory * SWAP_FACTOR;
	}

	/** How the output is kept. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record LogConfig(String type, Map<String, String> config) {

		public LogConfig {
			type = Absent.text(type, "json-file");
			config = new TreeMap<>(Absent.map(config));
		}

	}

	/** An address of the host for a port of the container. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record PortBinding(String hostIp, String hostPort) {

		public PortBinding {
			hostIp = Absent.text(hostIp);
			hostPort = Absent.text(hostPort);
		}

	}

	/** What happens when the container ends. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record RestartPolicy(String name, int maximumRetryCount) {

		public RestartPolicy {
			name = Absent.text(name, "no");
		}

	}

	/** A weight in the traffic to a block device. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record DeviceWeight(String path, int weight) {

		public DeviceWeight {
			path = Absent.text(path);
		}

	}

	/** A limit on the traffic to a block device. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record DeviceRate(String path, long rate) {

		public DeviceRate {
			path = Absent.text(path);
		}

	}

	/** A device of the host that appears in the container. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record DeviceMapping(String pathOnHost, String pathInContainer, String cgroupPermissions) {

		public DeviceMapping {
			pathOnHost = Absent.text(pathOnHost);
			pathInContainer = Absent.text(pathInContainer, pathOnHost);
			cgroupPermissions = Absent.text(cgroupPermissions, "rwm");
		}

	}

	/** A request to a device driver, as {@code --gpus} makes it. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record DeviceRequest(String driver, @Nullable List<List<String>> capabilities) {

		public DeviceRequest {
			driver = Absent.text(driver);
			capabilities = Absent.list(capabilities);
		}

	}

	/** An rlimit; -1 is unlimited. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record Ulimit(String name, long hard, long soft) {

		public Ulimit {
			name = Absent.text(name);
		}

	}

}
