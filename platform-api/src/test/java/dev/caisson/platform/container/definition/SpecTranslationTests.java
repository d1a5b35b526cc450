package dev.caisson.platform.container.definition;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

import dev.caisson.engine.container.LogSettings;
import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.spec.Capability;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;
import dev.caisson.engine.spec.PrivilegeSpec;
import dev.caisson.engine.spec.PrivilegeSpec.SeccompChoice;
import dev.caisson.engine.spec.PrivilegeSpec.SelinuxChoice;
import dev.caisson.engine.spec.ProcessSpec.ResourceLimit;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SpecTranslationTests {

	private static final ImageConfig SERVER = new ImageConfig(List.of("/entry", "-a"), List.of("serve", "all"),
			List.of("PATH=/opt/bin", "MODE=image"), "www:web", "/srv", Set.of("80/tcp"), Set.of("/data"),
			Map.of("from", "image", "both", "image"), "SIGQUIT", 3, "{\"Test\":[\"CMD\",\"true\"],\"Retries\":2}", null,
			List.of());

	@Test
	void emptyRequestGetsDockersDefaults() {
		ContainerSpec spec = Bench.specify("{\"Image\":\"busybox\"}");
		assertThat(spec.process().arguments()).containsExactly("sh");
		assertThat(spec.process().environment()).containsExactly("PATH=/bin", "HOSTNAME=0123456789ab", "LANG=C");
		assertThat(spec.process().workingDirectory()).isEqualTo("/");
		assertThat(spec.process().user()).isEmpty();
		assertThat(spec.identity().hostname()).isEqualTo("0123456789ab");
		assertThat(spec.namespaces()).isEqualTo(NamespaceSpec.PRIVATE);
		assertThat(spec.resources()).isEqualTo(ResourceSpec.UNLIMITED);
		assertThat(spec.mounts()).isEmpty();
		assertThat(spec.devices()).isEqualTo(DeviceSpec.NONE);
		assertThat(spec.root().sharedMemory()).isEqualTo(64 << 20);
		assertThat(spec.privileges())
			.isEqualTo(new PrivilegeSpec(false, CapabilitySet.DEFAULT, false, new SeccompChoice.Default(),
					new SelinuxChoice.Default(), PrivilegeSpec.DEFAULT_MASKED, PrivilegeSpec.DEFAULT_READ_ONLY));
	}

	@Test
	void imageGivesWhatTheRequestLeavesOpen() {
		ContainerSpec spec = Bench.specify("{}", SERVER, Bench.HOST);
		assertThat(spec.process().arguments()).containsExactly("/entry", "-a", "serve", "all");
		assertThat(spec.process().user()).isEqualTo("www:web");
		assertThat(spec.process().workingDirectory()).isEqualTo("/srv");
		Definition definition = Bench
			.define("{\"Labels\":{\"both\":\"request\"},\"Healthcheck\":{\"Interval\":5000000}}", SERVER, Bench.HOST);
		assertThat(definition.config().labels()).containsOnly(Map.entry("from", "image"), Map.entry("both", "request"));
		assertThat(definition.config().stopSignal()).isEqualTo("SIGQUIT");
		assertThat(definition.config().stopTimeout()).isEqualTo(3);
		assertThat(definition.config().exposedPorts()).containsOnlyKeys("80/tcp");
		assertThat(definition.config().healthcheck())
			.isEqualTo(new ContainerConfig.HealthConfig(List.of("CMD", "true"), 5_000_000, 0, 0, 0, 2));
		assertThat(definition.mounts()).extracting(MountPoint::destination).containsExactly("/data");
	}

	@Test
	void commandReplacesTheImagesCommandOnly() {
		assertThat(arguments("{\"Cmd\":[\"stop\"]}")).containsExactly("/entry", "-a", "stop");
		assertThat(arguments("{\"Cmd\":\"stop\"}")).containsExactly("/entry", "-a", "stop");
	}

	@Test
	void entrypointReplacesTheImagesCommandToo() {
		assertThat(arguments("{\"Entrypoint\":[\"/mine\"]}")).containsExactly("/mine");
		assertThat(arguments("{\"Entrypoint\":\"/mine\",\"Cmd\":[\"x\"]}")).containsExactly("/mine", "x");
		assertThat(arguments("{\"Entrypoint\":[\"\"],\"Cmd\":[\"/bin/x\"]}")).containsExactly("/bin/x");
		assertThat(arguments("{\"Entrypoint\":[],\"Cmd\":[\"/bin/x\"]}")).containsExactly("/bin/x");
	}

	private static List<String> arguments(String body) {
		return Bench.specify(body, SERVER, Bench.HOST).process().arguments();
	}

	@Test
	void environmentMergesByName() {
		ContainerSpec spec = Bench.specify("{\"Env\":[\"MODE=mine\",\"A=1=2\",\"HOSTNAME\"],\"Tty\":true}", SERVER,
				Bench.HOST);
		assertThat(spec.process().environment()).containsExactly("PATH=/opt/bin", "TERM=xterm", "MODE=mine", "A=1=2");
		assertThat(spec.process().terminal()).isTrue();
	}

	@Test
	void processOptionsGoAlong() {
		ContainerSpec spec = Bench.specify(
				"""
						{"User":"1000:1000","WorkingDir":"/w","OpenStdin":true,"Domainname":"example.org","Hostname":"web",
						"HostConfig":{"GroupAdd":["audio","44"],"Init":true,"OomScoreAdj":-500,"ReadonlyRootfs":true,
						"ShmSize":1048576,"Ulimits":[{"Name":"nofile","Soft":1024,"Hard":2048},{"Name":"core","Soft":-1,"Hard":-1}],
						"Sysctls":{"net.ipv4.ip_forward":"1"}}}""");
		assertThat(spec.process().user()).isEqualTo("1000:1000");
		assertThat(spec.process().additionalGroups()).containsExactly("audio", "44");
		assertThat(spec.process().init()).isTrue();
		assertThat(spec.process().openStdin()).isTrue();
		assertThat(spec.process().oomScoreAdjust()).isEqualTo(OptionalInt.of(-500));
		assertThat(spec.process().limits()).containsExactly(new ResourceLimit(ResourceLimit.Kind.NOFILE, 1024, 2048),
				new ResourceLimit(ResourceLimit.Kind.CORE, -1, -1));
		assertThat(spec.identity().hostname()).isEqualTo("web");
		assertThat(spec.identity().domainname()).isEqualTo("example.org");
		assertThat(spec.root().readOnly()).isTrue();
		assertThat(spec.root().sharedMemory()).isEqualTo(1 << 20);
		assertThat(spec.sysctls().values()).containsOnly(Map.entry("net.ipv4.ip_forward", "1"));
	}

	@Test
	void namespacesComeFromHostOrPeer() {
		ContainerSpec host = Bench.specifyHost(
				"\"PidMode\":\"host\",\"IpcMode\":\"host\",\"NetworkMode\":\"host\",\"UTSMode\":\"host\",\"CgroupnsMode\":\"host\"");
		assertThat(host.namespaces()).isEqualTo(new NamespaceSpec(new Source.Host(), new Source.Host(),
				new Source.Host(), new Source.Host(), new Source.Host(), false));
		assertThat(host.identity().hostname()).isEqualTo("thehost");
		ContainerSpec peer = Bench.specifyHost(
				"\"PidMode\":\"container:peer\",\"IpcMode\":\"container:peer\",\"NetworkMode\":\"container:peer\"");
		Source other = new Source.OfContainer(Bench.PEER);
		assertThat(peer.namespaces())
			.isEqualTo(new NamespaceSpec(other, other, other, new Source.Own(), new Source.Own(), false));
		assertThat(peer.identity().hostname()).isEqualTo("peerhost");
		for (String mode : List.of("", "default", "bridge", "none")) {
			assertThat(Bench.specifyHost("\"NetworkMode\":\"" + mode + "\"").namespaces().network())
				.isEqualTo(new Source.Own());
		}
		assertThat(Bench.specifyHost("\"UsernsMode\":\"private\"").namespaces().privateUsers()).isTrue();
	}

	@Test
	void processorsBecomeQuotaAndPeriod() {
		ResourceSpec resources = Bench.specifyHost("\"NanoCpus\":500000000").resources();
		assertThat(resources.cpuQuota()).isEqualTo(OptionalLong.of(50_000));
		assertThat(resources.cpuPeriod()).isEqualTo(OptionalLong.of(100_000));
	}

	@Test
	void limitsGoAlong() {
		ResourceSpec resources = Bench
			.specifyHost(
					"""
							"Memory":1073741824,"MemoryReservation":524288000,"MemorySwappiness":10,"OomKillDisable":true,
							"CpuQuota":20000,"CpuPeriod":40000,"CpuShares":1,"CpusetCpus":"0-1","CpusetMems":"0","PidsLimit":10,
							"BlkioWeight":100,"BlkioWeightDevice":[{"Path":"/dev/sda","Weight":200}],
							"BlkioDeviceReadBps":[{"Path":"/dev/sda","Rate":1}],"BlkioDeviceWriteBps":[{"Path":"/dev/sda","Rate":2}],
							"BlkioDeviceReadIOps":[{"Path":"/dev/sda","Rate":3}],"BlkioDeviceWriteIOps":[{"Path":"/dev/sda","Rate":4}]
							""")
			.resources();
		assertThat(resources.memory()).isEqualTo(OptionalLong.of(1L << 30));
		assertThat(resources.memoryReservation()).isEqualTo(OptionalLong.of(524_288_000));
		assertThat(resources.memorySwap()).isEqualTo(OptionalLong.of(2L << 30));
		assertThat(resources.swappiness()).isEqualTo(OptionalInt.of(10));
		assertThat(resources.oomKillDisable()).isTrue();
		assertThat(resources.cpuQuota()).isEqualTo(OptionalLong.of(20_000));
		assertThat(resources.cpuPeriod()).isEqualTo(OptionalLong.of(40_000));
		assertThat(resources.cpuShares()).isEqualTo(OptionalLong.of(2));
		assertThat(resources.cpus()).isEqualTo("0-1");
		assertThat(resources.memoryNodes()).isEqualTo("0");
		assertThat(resources.pids()).isEqualTo(OptionalLong.of(10));
		assertThat(resources.blockWeight()).isEqualTo(OptionalInt.of(100));
		assertThat(resources.blockThrottles()).extracting(BlockThrottle::kind)
			.containsExactly(BlockThrottle.Kind.WEIGHT, BlockThrottle.Kind.READ_BYTES, BlockThrottle.Kind.WRITE_BYTES,
					BlockThrottle.Kind.READ_OPERATIONS, BlockThrottle.Kind.WRITE_OPERATIONS);
		assertThat(resources.blockThrottles()).extracting(BlockThrottle::limit).containsExactly(200L, 1L, 2L, 3L, 4L);
	}

	@Test
	void zeroAndMinusOneMeanNoLimit() {
		ResourceSpec resources = Bench
			.specifyHost(
					"""
							"Memory":0,"MemorySwap":0,"MemorySwappiness":-1,"CpuQuota":-1,"CpuShares":0,"PidsLimit":-1,"BlkioWeight":0,
							"NanoCpus":0,"CpuPercent":50,"KernelMemory":5,"OomKillDisable":null,"Ulimits":null,"Init":null
							""")
			.resources();
		assertThat(resources).isEqualTo(ResourceSpec.UNLIMITED);
	}

	@Test
	void privilegedTakesTheWallsDown() {
		PrivilegeSpec privileges = Bench.specifyHost("\"Privileged\":true").privileges();
		assertThat(privileges.privileged()).isTrue();
		assertThat(privileges.capabilities()).isEqualTo(CapabilitySet.ALL);
		assertThat(privileges.seccomp()).isEqualTo(new SeccompChoice.Unconfined());
		assertThat(privileges.maskedPaths()).isEmpty();
		assertThat(privileges.readOnlyPaths()).isEmpty();
	}

	@Test
	void capabilitiesAreAddedAndDropped() {
		CapabilitySet set = Bench.specifyHost("\"CapAdd\":[\"sys_time\"],\"CapDrop\":[\"CAP_CHOWN\"]")
			.privileges()
			.capabilities();
		assertThat(set.contains(Capability.CAP_SYS_TIME)).isTrue();
		assertThat(set.contains(Capability.CAP_CHOWN)).isFalse();
		assertThat(Bench.specifyHost("\"CapDrop\":[\"ALL\"]").privileges().capabilities())
			.isEqualTo(CapabilitySet.NONE);
	}

	@Test
	void securityOptionsAreUnderstood() {
		String profile = "{\\\"defaultAction\\\":\\\"SCMP_ACT_ALLOW\\\"}";
		PrivilegeSpec privileges = Bench
			.specifyHost("\"SecurityOpt\":[\"no-new-privileges\",\"seccomp=" + profile + "\",\"label=disable\"]")
			.privileges();
		assertThat(privileges.noNewPrivileges()).isTrue();
		assertThat(privileges.seccomp()).isEqualTo(new SeccompChoice.Custom("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}"));
		assertThat(privileges.selinux()).isEqualTo(new SelinuxChoice.Disabled());
		assertThat(option("no-new-privileges:true").noNewPrivileges()).isTrue();
		assertThat(option("no-new-privileges=false").noNewPrivileges()).isFalse();
		assertThat(option("seccomp=unconfined").seccomp()).isEqualTo(new SeccompChoice.Unconfined());
		assertThat(option("seccomp:unconfined").seccomp()).isEqualTo(new SeccompChoice.Unconfined());
		assertThat(option("seccomp=builtin").seccomp()).isEqualTo(new SeccompChoice.Default());
		assertThat(option("systempaths=unconfined").maskedPaths()).isEmpty();
		assertThat(option("label=type:spc_t").selinux()).isEqualTo(new SelinuxChoice.Given("", "", "spc_t", "", ""));
	}

	@Test
	void masksAreTheClientsIfItNamesThem() {
		PrivilegeSpec privileges = Bench.specifyHost("\"MaskedPaths\":[],\"ReadonlyPaths\":[\"/proc/bus\"]")
			.privileges();
		assertThat(privileges.maskedPaths()).isEmpty();
		assertThat(privileges.readOnlyPaths()).containsExactly("/proc/bus");
	}

	private static PrivilegeSpec option(String text) {
		return Bench.specifyHost("\"SecurityOpt\":[\"" + text + "\"]").privileges();
	}

	@Test
	void devicesAndTheirRulesGoAlong() {
		DeviceSpec devices = Bench.specifyHost("""
				"Devices":[{"PathOnHost":"/dev/fuse","PathInContainer":"/dev/f","CgroupPermissions":"rw"},
				{"PathOnHost":"/dev/kvm"}],"DeviceCgroupRules":["c 42:* rwm"]""").devices();
		assertThat(devices.nodes()).containsExactly(new DeviceSpec.Node(Path.of("/dev/fuse"), "/dev/f", "rw"),
				new DeviceSpec.Node(Path.of("/dev/kvm"), "/dev/kvm", "rwm"));
		assertThat(devices.rules()).containsExactly(new DeviceSpec.Rule('c', 42, -1, "rwm"));
	}

	@Test
	void namesAndServersAreWrittenForTheResolver() {
		ContainerSpec spec = Bench.specifyHost("""
				"Dns":["1.1.1.1","fe80::1"],"DnsSearch":["example.org"],"DnsOptions":["ndots:2"],
				"ExtraHosts":["a:10.0.0.1","b:2001:db8::1","c=10.0.0.2","d=[::1]"]""");
		assertThat(spec.identity().hosts()).containsExactly("a:10.0.0.1", "b:2001:db8::1", "c:10.0.0.2", "d:::1");
		assertThat(spec.identity().nameservers()).containsExactly("1.1.1.1", "fe80::1");
		assertThat(spec.identity().searchDomains()).containsExactly("example.org");
		assertThat(spec.identity().resolverOptions()).containsExactly("ndots:2");
	}

	@Test
	void logOptionsAreUnderstood() {
		assertThat(logSettings("\"Type\":\"json-file\",\"Config\":{\"max-size\":\"10m\",\"max-file\":\"3\"}"))
			.isEqualTo(new LogSettings(10 << 20, 3));
		assertThat(logSettings("\"Config\":{\"max-size\":\"1.5K\"}")).isEqualTo(new LogSettings(1536, 1));
		assertThat(logSettings("\"Type\":\"\"")).isEqualTo(LogSettings.DEFAULT);
	}

	private static LogSettings logSettings(String logConfig) {
		return Bench.translation(Bench.HOST)
			.logSettings(Bench.define("{\"HostConfig\":{\"LogConfig\":{" + logConfig + "}}}"));
	}

	@Test
	void whatIsIgnoredIsWarnedOf() {
		assertThat(warnings("{\"HostConfig\":{\"SecurityOpt\":[\"apparmor=x\"],\"IpcMode\":\"none\"}}")).hasSize(2);
		assertThat(warnings("{\"HostConfig\":{\"SecurityOpt\":[\"apparmor=unconfined\"]}}")).isEmpty();
		assertThat(warnings("{}")).isEmpty();
	}

	private static List<String> warnings(String body) {
		return Bench.translation(Bench.HOST).warnings(Bench.define(body));
	}

}
