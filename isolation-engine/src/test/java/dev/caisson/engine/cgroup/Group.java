package dev.caisson.engine.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.testing.TestRoots;

/**
 * A control group for a test, and processes in it. Finds the group's directories by
 * itself, from the kernel's list of mounts, so that it does not believe what it tests.
 */
final class Group implements AutoCloseable {

	private static final AtomicInteger COUNT = new AtomicInteger();

	static final ResourceSpec NONE = ResourceSpec.UNLIMITED;

	final Cgroups cgroups;

	final ContainerId id = ContainerId.random();

	private final String parent;

	private final List<Process> processes = new ArrayList<>();

	private final boolean unifiedOnly;

	private Group(boolean unifiedOnly) {
		this.unifiedOnly = unifiedOnly;
		this.parent = TestRoots.tag() + "-cgroup" + COUNT.incrementAndGet();
		this.cgroups = unifiedOnly ? new Cgroups(List.of(unified()), this.parent) : Cgroups.detect(this.parent);
	}

	/** In all hierarchies of this host. */
	static Group ofHost() {
		return new Group(false);
	}

	/** In the v2 hierarchy alone, as if the host had no other. */
	static Group ofUnified() {
		return new Group(true);
	}

	static Hierarchy unified() {
		return Hierarchy.find(text(Path.of("/proc/self/mountinfo")), text(Path.of("/proc/self/cgroup")))
			.stream()
			.filter(Hierarchy::isUnified)
			.findFirst()
			.orElseThrow();
	}

	Cgroup create(ResourceSpec resources) {
		return this.cgroups.create(this.id, resources, List.of(), true);
	}

	Cgroup create(DeviceSpec.Rule... allowed) {
		return this.cgroups.create(this.id, NONE, List.of(allowed), false);
	}

	Path parent(String controller) {
		return mounts().get(controller).resolve(this.parent);
	}

	Path directory(String controller) {
		return parent(controller).resolve(this.id.value());
	}

	/** What the kernel shows in a control file. */
	String read(String controller, String file) {
		return text(directory(controller).resolve(file)).strip();
	}

	/** All directories of the group that exist. */
	List<Path> directories() {
		return mounts().keySet().stream().map(this::directory).filter(Files::exists).distinct().toList();
	}

	/** Starts a command that enters the group by itself, as the launch does. */
	Process run(String... command) {
		List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", """
				n=$1; shift
				while [ $n -gt 0 ]; do echo 0 > "$1" || exit 99; shift; n=$((n-1)); done
				exec "$@"
				""", "sh"));
		List<Path> directories = directories();
		line.add(Integer.toString(directories.size()));
		for (Path directory : directories) {
			boolean v1 = Files.exists(directory.resolve("tasks"));
			line.add(directory.resolve(v1 ? "tasks" : "cgroup.procs").toString());
		}
		line.addAll(List.of(command));
		try {
			Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
			this.processes.add(process);
			return process;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Runs a shell command to its end in the group. */
	int status(String command) throws InterruptedException {
		Process process = run("/bin/sh", "-c", command);
		if (!process.waitFor(20, TimeUnit.SECONDS)) {
			throw new AssertionError("still running: " + command);
		}
		return process.exitValue();
	}

	/** Starts a process that only sleeps, and waits until it is in. */
	Process sleeper(Cgroup cgroup) throws InterruptedException {
		Process process = run("/bin/sleep", "300");
		await(() -> cgroup.processes().contains((int) process.pid()) && isNamed(process, "sleep"));
		return process;
	}

	private static boolean isNamed(Process process, String name) {
		return text(Path.of("/proc/" + process.pid() + "/comm")).strip().equals(name);
	}

	static void await(BooleanSupplier condition) throws InterruptedException {
		long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > end) {
				throw new AssertionError("did not come true");
			}
			Thread.sleep(2);
		}
	}

	/** Mount points by controller, name of a v1 hierarchy, or {@code unified}. */
	private Map<String, Path> mounts() {
		Map<String, Path> mounts = new LinkedHashMap<>();
		for (String line : text(Path.of("/proc/mounts")).lines().toList()) {
			String[] words = line.split(" ");
			if (words[2].equals("cgroup2")) {
				mounts.put("unified", Path.of(words[1]));
			}
			else if (words[2].equals("cgroup") && !this.unifiedOnly) {
				for (String option : words[3].split(",")) {
					mounts.put(option, Path.of(words[1]));
				}
			}
		}
		return mounts;
	}

	static String text(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		Cgroup cgroup = this.cgroups.open(this.id);
		for (Process process : this.processes) {
			process.destroyForcibly();
		}
		if (!directories().isEmpty()) {
			cgroup.kill();
		}
		for (Process process : this.processes) {
			process.onExit().join();
		}
		cgroup.release();
		this.cgroups.close();
	}

	/** Declares limits, one by one. */
	static final class Limits {

		OptionalLong memory = OptionalLong.empty();

		OptionalLong reservation = OptionalLong.empty();

		OptionalLong swap = OptionalLong.empty();

		OptionalInt swappiness = OptionalInt.empty();

		boolean oomKillDisable;

		OptionalLong quota = OptionalLong.empty();

		OptionalLong period = OptionalLong.empty();

		OptionalLong shares = OptionalLong.empty();

		String cpus = "";

		String nodes = "";

		OptionalLong pids = OptionalLong.empty();

		OptionalInt weight = OptionalInt.empty();

		List<ResourceSpec.BlockThrottle> throttles = List.of();

		List<ResourceSpec.HugePageLimit> hugePages = List.of();

		static ResourceSpec of(java.util.function.Consumer<Limits> declaration) {
			Limits limits = new Limits();
			declaration.accept(limits);
			return new ResourceSpec(limits.memory, limits.reservation, limits.swap, limits.swappiness,
					limits.oomKillDisable, limits.quota, limits.period, limits.shares, limits.cpus, limits.nodes,
					limits.pids, limits.weight, limits.throttles, limits.hugePages);
		}

	}

}
