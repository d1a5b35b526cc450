package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.launch.Launch;
import dev.caisson.engine.launch.LaunchFrame;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Launcher;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.TestRoots;
import org.jspecify.annotations.Nullable;

/**
 * A container with nothing but namespaces and the root file system, which sleeps while a
 * test looks into it.
 */
final class TestContainer implements AutoCloseable {

	/** Of linux/sched.h. */
	private static final long CLONE_NEWNS = 0x20000, CLONE_NEWCGROUP = 0x2000000, CLONE_NEWUTS = 0x4000000,
			CLONE_NEWIPC = 0x8000000, CLONE_NEWUSER = 0x10000000, CLONE_NEWPID = 0x20000000, CLONE_NEWNET = 0x40000000;

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Launch launch;

	private TestContainer(Launch launch) {
		this.launch = launch;
	}

	/** Makes a root to run in; the result is the only layer. */
	static Path layer(TestRoots roots) throws IOException {
		return BusyboxRoot.directory(roots.directory("layer"));
	}

	static TestContainer start(TestRoots roots, ContainerSpec spec) throws IOException {
		return start(roots, spec, null, OptionalInt.empty());
	}

	static TestContainer start(TestRoots roots, ContainerSpec spec, @Nullable Fd users, OptionalInt peer)
			throws IOException {
		Path data = roots.directory("container");
		Path upper = Files.createDirectories(data.resolve("upper"));
		Path work = Files.createDirectories(data.resolve("work"));
		Path empty = roots.directory("run/empty");
		try (Fd overlay = (users == null) ? Overlay.mount(spec.root().layers(), upper, work, "")
				: Overlay.mountShifted(spec.root().layers(), upper, work, "", users);
				PreparedRoot root = RootFilesystem.prepare(spec, overlay, ContainerFiles.write(data, spec, List.of()),
						HostView.read(), new Surroundings(empty, "", peer));
				Launcher launcher = new Launcher(PATIENCE);
				Fd nothing = Fd.open(Path.of("/dev/null"), Fd.O_RDWR);
				Fd exit = Fd.event("exit")) {
			Map<String, Fd> descriptors = new HashMap<>(root.descriptors());
			for (KeptDescriptor kept : List.of(KeptDescriptor.CHILD_STDIN, KeptDescriptor.CHILD_STDOUT,
					KeptDescriptor.CHILD_STDERR, KeptDescriptor.STATUS)) {
				descriptors.put(kept.descriptorName(), nothing);
			}
			descriptors.put(KeptDescriptor.EXIT.descriptorName(), exit);
			if (users != null) {
				descriptors.put("users", users);
			}
			return new TestContainer(launcher.run(plan(root, spec, users != null), "test", descriptors, null));
		}
	}

	private static LaunchPlan plan(PreparedRoot root, ContainerSpec spec, boolean users) {
		LaunchPlan.Builder plan = LaunchPlan.builder();
		Launcher.declare(plan);
		LaunchFrame.begin(plan);
		if (users) {
			plan.keeper()
				.call("join user namespace", SystemCall.SETNS, plan.descriptor("users"),
						Arg.flags(CLONE_NEWUSER, "CLONE_NEWUSER"));
		}
		long flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWNET
				| (spec.namespaces().ipc() instanceof dev.caisson.engine.spec.NamespaceSpec.Source.Own ? CLONE_NEWIPC
						: 0);
		Step clone = LaunchFrame.clone(plan, flags, "…", Optional.empty());
		LaunchFrame.end(plan, clone);
		plan.child()
			.call("leave the host's cgroups", SystemCall.UNSHARE, Arg.flags(CLONE_NEWCGROUP, "CLONE_NEWCGROUP"));
		root.plan(plan);
		LaunchFrame.letGo(plan, 1);
		List<String> arguments = new ArrayList<>(List.of("/bin/busybox"));
		arguments.addAll(spec.process().arguments());
		plan.child()
			.call("execute", SystemCall.EXECVE, Arg.text("/bin/busybox"), new Arg.Vector(arguments),
					new Arg.Vector(List.of()));
		return plan.build();
	}

	Launch launch() {
		return this.launch;
	}

	int pid() {
		return this.launch.keeper().containerPid();
	}

	MountTable mounts() {
		return MountTable.observe(pid());
	}

	/** A path as the container sees it, unless a symbolic link leads elsewhere. */
	Path path(String path) {
		return Path.of("/proc", Integer.toString(pid()), "root" + path);
	}

	/** What a shell command prints inside, with its errors. */
	String run(String command) throws Exception {
		Process process = new ProcessBuilder("nsenter", "-t", Integer.toString(pid()), "-m", "-p", "-i", "-u", "-n",
				"-C", "-r", "-w", "--", "/bin/busybox", "sh", "-c", command)
			.redirectErrorStream(true)
			.start();
		if (!process.waitFor(10, TimeUnit.SECONDS)) {
			process.destroyForcibly();
			throw new AssertionError("hangs: " + command);
		}
		return new String(process.getInputStream().readAllBytes()).strip();
	}

	@Override
	public void close() {
		this.launch.keeper().end();
	}

}
