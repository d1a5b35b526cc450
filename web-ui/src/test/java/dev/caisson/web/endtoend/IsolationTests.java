package dev.caisson.web.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.ProbeProgram;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** How containers are isolated, as the kernel and the container itself tell it. */
@KernelTest
class IsolationTests {

	/** The fourteen capabilities that Docker gives. */
	private static final String DEFAULT_CAPABILITIES = "00000000a80425fb";

	private static final String EPERM = "1";

	private static Service service;

	@BeforeAll
	static void start() throws Exception {
		service = Service.start();
	}

	@AfterAll
	static void stop() throws Exception {
		service.close();
	}

	@AfterEach
	void nothingRemains() throws Exception {
		service.removeAll();
	}

	@ParameterizedTest
	@ValueSource(strings = { "mnt", "uts", "ipc", "pid", "net", "cgroup" })
	void namespaceIsTheContainersOwn(String kind) throws Exception {
		int pid = service.background("own", List.of(), "sleep", "1000");
		assertThat(namespace(pid, kind)).isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "pid", "ipc", "net" })
	void namespaceOfAnotherContainerIsJoined(String kind) throws Exception {
		int first = service.background("first", List.of("--ipc", "shareable"), "sleep", "1000");
		int second = service.background("second", List.of("--" + kind, "container:first"), "sleep", "1000");
		assertThat(namespace(second, kind)).isEqualTo(namespace(first, kind));
		assertThat(namespace(second, "mnt")).isNotEqualTo(namespace(first, "mnt"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "--pid", "--ipc", "--uts", "--cgroupns" })
	void namespaceOfTheHostIsKept(String option) throws Exception {
		int pid = service.background("shared", List.of(option, "host"), "sleep", "1000");
		String kind = option.equals("--cgroupns") ? "cgroup" : option.substring(2);
		assertThat(namespace(pid, kind)).isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)));
	}

	@Test
	void insideOnlyTheContainerItselfIsSeen() throws Exception {
		assertThat(service.runWith(List.of("--hostname", "box"), "hostname").output()).isEqualTo("box\n");
		assertThat(service.run("ps", "-o", "pid,args").output().lines()).hasSize(2);
		// the loopback device and eth0
		assertThat(service.run("sh", "-c", "ip link | grep -c ^[0-9]; ip link show lo").output()).startsWith("2\n")
			.contains("UP");
		Result queue = service.run("sh", "-c", "ipcs -q | grep -c 0x");
		assertThat(queue.output()).isEqualTo("0\n");
	}

	@Test
	void limitsAreTheKernels() throws Exception {
		int pid = service.background("test-cgroups", List.of("--cpus", "0.5", "--memory", "1G", "--memory-reservation",
				"500M", "--pids-limit", "77", "--cpu-shares", "512", "--cpuset-cpus", "0"), "sleep", "1000");
		assertThat(control(pid, "cpu", "cpu.cfs_period_us")).isEqualTo("100000");
		assertThat(control(pid, "cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
		assertThat(control(pid, "cpu", "cpu.shares")).isEqualTo("512");
		assertThat(control(pid, "memory", "memory.soft_limit_in_bytes")).isEqualTo("524288000");
		assertThat(control(pid, "memory", "memory.limit_in_bytes")).isEqualTo("1073741824");
		assertThat(control(pid, "pids", "pids.max")).isEqualTo("77");
		assertThat(control(pid, "cpuset", "cpuset.cpus")).isEqualTo("0");
	}

	@Test
	void runWhenMemoryLimitIsExceededReportsOom() throws Exception {
		Result result = service.docker("run", "--name", "greedy", "-m", "16m", "busybox", "sh", "-c",
				"a=x; while true; do a=$a$a; done");
		assertThat(result.status()).isEqualTo(137);
		assertThat(service.inspect("greedy", "{{.State.OOMKilled}}")).isEqualTo("true");
	}

	@Test
	void privilegesAreDockers() throws Exception {
		int pid = service.background("plain", List.of(), "sleep", "1000");
		Map<String, String> status = status(pid);
		assertThat(status).containsEntry("CapInh", "0000000000000000")
			.containsEntry("CapPrm", DEFAULT_CAPABILITIES)
			.containsEntry("CapEff", DEFAULT_CAPABILITIES)
			.containsEntry("CapBnd", DEFAULT_CAPABILITIES)
			.containsEntry("CapAmb", "0000000000000000")
			.containsEntry("Seccomp", "2")
			.containsEntry("NoNewPrivs", "0");
	}

	@Test
	void privilegesFollowTheOptions() throws Exception {
		int pid = service.background("bare", List.of("--cap-drop", "ALL", "--cap-add", "NET_RAW", "--security-opt",
				"no-new-privileges", "--security-opt", "seccomp=unconfined", "-u", "1000:1001"), "sleep", "1000");
		assertThat(status(pid)).containsEntry("CapEff", "0000000000000000")
			.containsEntry("CapBnd", "0000000000002000")
			.containsEntry("Seccomp", "0")
			.containsEntry("NoNewPrivs", "1")
			.containsEntry("Uid", "1000\t1000\t1000\t1000")
			.containsEntry("Gid", "1001\t1001\t1001\t1001");
	}

	@Test
	void systemCallsThatReachTheHostAreRefused() throws Exception {
		Path probe = ProbeProgram.build(service.roots().directory("probe"));
		Result result = service.runWith(List.of("-v", probe + ":/probe:ro"), "/probe").succeeded();
		Map<String, String> answers = ProbeProgram.parse(result.output().lines().toList());
		List<String> refused = answers.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().equals(EPERM))
			.map(Map.Entry::getKey)
			.toList();
		assertThat(refused).hasSizeGreaterThan(44)
			.contains("clock_settime", "clock_adjtime", "create_module", "delete_module", "init_module", "kexec_load",
					"mount", "umount2", "unshare", "setns", "keyctl", "bpf", "perf_event_open", "io_uring_setup");
	}

	@Test
	void kernelFilesAreHiddenOrReadOnly() throws Exception {
		Result result = service.run("sh", "-c", """
				cat /proc/kcore | wc -c; cat /proc/keys | wc -c; ls /proc/acpi /sys/firmware | grep -v : | wc -w
				echo 1 > /proc/sys/kernel/panic; echo 1 > /sys/kernel/mm/ksm/run
				mkdir /sys/fs/cgroup/memory/mine; cat /proc/1/cgroup | grep -c caisson""");
		assertThat(result.output()).isEqualTo("0\n0\n0\n0\n");
		assertThat(result.errors().lines().filter((line) -> line.contains("Read-only file system"))).hasSize(3);
	}

	@Test
	void rootAndMountsFollowTheOptions() throws Exception {
		Path host = service.roots().directory("volume");
		Files.writeString(host.resolve("from-host"), "hello\n");
		Result result = service.runWith(
				List.of("--read-only", "--tmpfs", "/scratch:size=1m,noexec", "-v", host + ":/data", "-v",
						host + ":/fixed:ro", "--mount", "type=bind,source=" + host + ",target=/deep/er/path,readonly"),
				"sh", "-c", """
						cat /data/from-host /deep/er/path/from-host
						echo back > /data/from-container
						touch /fixed/x /deep/er/path/x /x
						grep ' /scratch ' /proc/mounts""");
		assertThat(result.output()).startsWith("hello\nhello\n").contains("size=1024k").contains("noexec");
		assertThat(result.errors().lines().filter((line) -> line.contains("Read-only file system"))).hasSize(3);
		assertThat(host.resolve("from-container")).hasContent("back");
	}

	@Test
	void devicesAreThoseOfEveryContainerAndThoseGiven() throws Exception {
		assertThat(service.run("ls", "/dev").output().split("\\s+")).containsExactlyInAnyOrder("core", "fd", "full",
				"mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom",
				"zero");
		Result hidden = service.run("sh", "-c", "mknod /tmp/kmsg c 1 11 && head -c 1 /tmp/kmsg");
		assertThat(hidden.errors()).contains("Operation not permitted");
		Result given = service.runWith(List.of("--device", "/dev/null:/dev/mine:r"), "sh", "-c",
				"cat /dev/mine && ls -l /dev/mine");
		assertThat(given.succeeded().output()).contains("1,   3");
	}

	@Test
	void processFollowsTheOptions() throws Exception {
		Result result = service.runWith(
				List.of("--ulimit", "nofile=123:456", "--sysctl", "net.ipv4.ip_forward=1", "--sysctl",
						"kernel.shmmax=1000000", "-w", "/made/here", "-e", "NAME=value", "--group-add", "audio", "-u",
						"www-data", "--shm-size", "1m", "--dns", "192.0.2.1", "--add-host", "there:192.0.2.2"),
				"sh", "-c", """
						ulimit -Sn; ulimit -Hn; cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax
						pwd; echo $NAME; id; grep ' /dev/shm ' /proc/mounts | grep -o size=[0-9a-z]*
						cat /etc/resolv.conf; grep there /etc/hosts""");
		assertThat(result.output()).isEqualTo("""
				123
				456
				1
				1000000
				/made/here
				value
				uid=33(www-data) gid=33(www-data) groups=29(audio),33(www-data)
				size=1024k
				nameserver 192.0.2.1
				192.0.2.2	there
				""");
	}

	/**
	 * The stock client knows only {@code --userns host}; the API takes {@code private}.
	 */
	@Test
	void userNamespaceHasIdsOfItsOwn() throws Exception {
		int first = inUserNamespace("one", "sleep", "1000");
		int second = inUserNamespace("two", "sleep", "1000");
		String[] one = Files.readString(Path.of("/proc", Integer.toString(first), "uid_map")).strip().split("\\s+");
		String[] two = Files.readString(Path.of("/proc", Integer.toString(second), "uid_map")).strip().split("\\s+");
		assertThat(one).startsWith("0").endsWith("65536");
		assertThat(Math.abs(Long.parseLong(one[1]) - Long.parseLong(two[1]))).isGreaterThanOrEqualTo(65536);
		assertThat(status(first).get("Uid")).startsWith(one[1]);
		inUserNamespace("inside", "sh", "-c",
				"id -u; stat -c %u /bin/busybox; touch /mine && stat -c %u /mine; mount -t tmpfs none /tmp || echo no");
		service.docker("wait", "inside").succeeded();
		assertThat(service.docker("logs", "inside").output()).isEqualTo("0\n0\n0\nno\n");
	}

	private static int inUserNamespace(String name, String... command) throws Exception {
		String words = Stream.of(command).map((word) -> '"' + word + '"').collect(Collectors.joining(","));
		service.post("/containers/create?name=" + name,
				"{\"Image\":\"busybox\",\"Cmd\":[" + words + "],\"HostConfig\":{\"UsernsMode\":\"private\"}}");
		service.docker("start", name).succeeded();
		return Integer.parseInt(service.inspect(name, "{{.State.Pid}}"));
	}

	@Test
	void privilegedTakesTheWallsDown() throws Exception {
		Result result = service.runWith(List.of("--privileged"), "sh", "-c",
				"grep Seccomp: /proc/self/status; mount -t tmpfs none /tmp && echo mounted; ls /dev | wc -l");
		assertThat(result.succeeded().output()).contains("Seccomp:\t0").contains("mounted");
		assertThat(service.docker("create", "--privileged", "busybox").errors()).contains("CAP_SYS_RESOURCE");
	}

	private static Path namespace(int pid, String kind) throws Exception {
		return Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "ns", kind));
	}

	private static Map<String, String> status(int pid) throws Exception {
		return Files.readAllLines(Path.of("/proc", Integer.toString(pid), "status"))
			.stream()
			.map((line) -> line.split(":\t", 2))
			.filter((parts) -> parts.length == 2)
			.collect(Collectors.toMap((parts) -> parts[0], (parts) -> parts[1].strip()));
	}

	/**
	 * A control file of the group that the process is in, found by way of the process.
	 */
	private static String control(int pid, String controller, String file) throws Exception {
		for (String line : Files.readAllLines(Path.of("/proc", Integer.toString(pid), "cgroup"))) {
			String[] parts = line.split(":", 3);
			if (parts[1].equals(controller)) {
				return Files.readString(Path.of("/sys/fs/cgroup", controller, parts[2], file)).strip();
			}
		}
		throw new AssertionError("process " + pid + " is in no group of " + controller);
	}

}
