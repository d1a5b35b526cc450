package dev.caisson.engine.container;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;

import dev.caisson.engine.capability.Capabilities;
import dev.caisson.engine.cgroup.Cgroups;
import dev.caisson.engine.launch.Launcher;
import dev.caisson.engine.launch.SealedProgram;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.namespace.UserNamespaces;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.rootfs.HostView;
import dev.caisson.engine.seccomp.SeccompCompiler;
import dev.caisson.engine.selinux.Selinux;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.ContainerId;

/**
 * What every launch of an engine uses. Closed with the engine; containers run on.
 *
 * @param launcher runs plans
 * @param init the program of --init
 * @param cgroups control groups
 * @param networks what containers are connected to
 * @param naming who answers for names
 * @param users user namespaces
 * @param seccomp filters
 * @param selinux labels
 * @param host what of the host's file systems containers see
 * @param capabilities what the service itself can give
 * @param helpers threads that prepare one thing while another is prepared
 * @param skeleton the lowest layer of every container
 * @param emptyDirectory where each new root is mounted for a moment, in its own namespace
 * @param pidOf the first process of a running container, whose namespaces another joins
 */
record Mechanisms(Launcher launcher, Fd init, Cgroups cgroups, Networks networks, Naming naming, UserNamespaces users,
		SeccompCompiler seccomp, Selinux selinux, HostView host, CapabilitySet capabilities, ExecutorService helpers,
		Path skeleton, Path emptyDirectory, ToIntFunction<ContainerId> pidOf) implements AutoCloseable {

	private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

	private static final Duration LONGEST_LAUNCH = Duration.ofSeconds(30);

	/**
	 * Opens them.
	 * @param networks become its own
	 */
	static Mechanisms open(String cgroupParent, Path dataRoot, Path runRoot, Networks networks,
			ToIntFunction<ContainerId> pidOf) {
		Launcher launcher = new Launcher(LONGEST_LAUNCH);
		return new Mechanisms(launcher, SealedProgram.INIT.load(), Cgroups.detect(cgroupParent), networks,
				new Naming(networks, RESOLV_CONF), new UserNamespaces(launcher), new SeccompCompiler(),
				Selinux.ofHost(), HostView.read(), Capabilities.ofHost(),
				Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("caisson-prepare-", 0).factory()),
				Skeleton.make(dataRoot), runRoot.resolve("empty"), pidOf);
	}

	@Override
	public void close() {
		this.helpers.shutdown();
		this.naming.close();
		this.networks.close();
		this.init.close();
		this.launcher.close();
		this.cgroups.close();
	}

}
