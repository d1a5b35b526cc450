package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.caisson.engine.capability.Capabilities;
import dev.caisson.engine.cgroup.Cgroup;
import dev.caisson.engine.cgroup.Cgroups;
import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.evidence.Observation;
import dev.caisson.engine.evidence.Subject;
import dev.caisson.engine.launch.Fault;
import dev.caisson.engine.launch.Keeper;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.ProcessIdentity;
import dev.caisson.engine.rootfs.DeviceNode;
import dev.caisson.engine.network.Attachment;
import dev.caisson.engine.network.Detachment;
import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.NetworkId;
import org.jspecify.annotations.Nullable;

/** The runs that the kernel's mechanisms make: started by a {@link LaunchRecipe} each. */
final class Launches implements Runs {

	/** How often a control group is emptied before it is left to the next start. */
	private static final int MOST_ATTEMPTS = 5;

	private final Mechanisms mechanisms;

	private volatile @Nullable Fault fault;

	Launches(Mechanisms mechanisms) {
		this.mechanisms = mechanisms;
		mechanisms.networks().findNamespacesBy(mechanisms.pidOf());
	}

	/** Makes a step of all following launches fail; null ends that. */
	void inject(@Nullable Fault step) {
		this.fault = step;
	}

	@Override
	public List<String> check(ContainerSpec spec) {
		Capabilities.Granted granted = Capabilities.grant(spec.privileges().capabilities(), host(spec));
		this.mechanisms.selinux().check(spec.privileges().selinux());
		this.mechanisms.seccomp().compile(spec.privileges().seccomp(), granted.capabilities());
		this.mechanisms.cgroups().check(spec.resources());
		List<String> warnings = new ArrayList<>(granted.warnings());
		warnings.addAll(this.mechanisms.cgroups().warnings(spec.resources()));
		return warnings;
	}

	@Override
	public Run begin(ContainerDirectory directory, ContainerSpec spec, Stdio stdio, Ledger ledger) {
		return new LaunchRecipe(this.mechanisms, directory, spec, stdio, () -> undo(directory, ledger), ledger)
			.begin(this.fault);
	}

	@Override
	public ExecRun exec(ContainerDirectory directory, ContainerSpec container, Exec exec, int pid, Fd process,
			Stdio stdio) {
		return new ExecRecipe(this.mechanisms, container, exec.spec(), stdio).begin(pid, process,
				directory.exec(exec.id()), execName(directory, exec.id()), this.fault);
	}

	@Override
	public Optional<ExecRun> takeBackExec(ContainerDirectory directory, ExecId id) {
		return ExecRun.takeBack(directory.exec(id), execName(directory, id));
	}

	private static String execName(ContainerDirectory directory, ExecId id) {
		return directory.id().value() + " exec " + id;
	}

	@Override
	public Optional<Run> takeBack(ContainerDirectory directory, Ledger ledger) {
		return keeperOf(ledger).flatMap((identity) -> takeBack(directory, ledger, identity));
	}

	private Optional<Run> takeBack(ContainerDirectory directory, Ledger ledger, ProcessIdentity identity) {
		Optional<Keeper> found = Keeper.find(identity);
		found.ifPresent((keeper) -> reclaim(directory, keeper));
		return found.map((keeper) -> {
			resumeEndpoints(directory, ledger);
			resumeNames(directory, ledger, keeper.containerPid());
			Cgroup cgroup = this.mechanisms.cgroups().open(directory.id());
			Fd ended = keeper.take(KeptDescriptor.EXIT_WATCH);
			return new LaunchedRun(directory, keeper, cgroup, ended, () -> undo(directory, ledger), Optional.empty());
		});
	}

	private void resumeEndpoints(ContainerDirectory directory, Ledger ledger) {
		for (Ledger.Entry entry : ledger.outstanding()) {
			if (entry.kind() == Ledger.Kind.ENDPOINT) {
				this.mechanisms.networks().resume(directory.id(), entry.name());
			}
		}
	}

	@Override
	public Endpoint connect(ContainerId id, int pid, EndpointSpec wanted, Ledger ledger) {
		Networks networks = this.mechanisms.networks();
		try (Attachment attachment = networks.planConnect(id, wanted, networkOf(pid))) {
			Undo undo = new Undo();
			undo.add(attachment::abandon);
			try {
				for (String name : attachment.ledgerNames()) {
					ledger.enter(Ledger.Kind.ENDPOINT, name);
					undo.add(() -> ledger.strike(Ledger.Kind.ENDPOINT, name));
					undo.add(() -> networks.release(id, name));
				}
				attachment.apply();
				return attachment.endpoints().getFirst();
			}
			catch (RuntimeException ex) {
				undo.run(ex);
				throw ex;
			}
		}
	}

	@Override
	public void disconnect(ContainerId id, int pid, NetworkId network, Ledger ledger) {
		try (Fd namespace = networkOf(pid)) {
			Detachment detachment = this.mechanisms.networks().planDisconnect(id, network, namespace);
			detachment.enteredNames().forEach((name) -> ledger.enter(Ledger.Kind.ENDPOINT, name));
			detachment.apply();
			detachment.struckNames().forEach((name) -> ledger.strike(Ledger.Kind.ENDPOINT, name));
		}
	}

	private static Fd networkOf(int pid) {
		return Fd.open(Path.of("/proc", Integer.toString(pid), "ns", "net"), Fd.O_RDONLY);
	}

	@Override
	public void recovered() {
		this.mechanisms.networks().reconcile();
	}

	private void resumeNames(ContainerDirectory directory, Ledger ledger, int pid) {
		for (Ledger.Entry entry : ledger.outstanding()) {
			if (entry.kind() == Ledger.Kind.NAMES) {
				this.mechanisms.naming().resume(directory.id(), pid, entry.name());
			}
		}
	}

	@Override
	public void rename(ContainerId id, Map<NetworkId, List<String>> names) {
		this.mechanisms.naming().rename(id, names);
	}

	@Override
	public void join(ContainerDirectory directory, Endpoint endpoint) {
		this.mechanisms.naming().join(directory.id(), directory.run(), endpoint);
	}

	@Override
	public void leave(ContainerDirectory directory, NetworkId network) {
		this.mechanisms.networks()
			.endpoints(directory.id())
			.stream()
			.filter((endpoint) -> endpoint.network().equals(network))
			.forEach((endpoint) -> this.mechanisms.naming().leave(directory.id(), directory.run(), endpoint));
	}

	private void reclaim(ContainerDirectory directory, Keeper keeper) {
		this.mechanisms.users().reclaim(directory.id(), keeper.containerPid());
		this.mechanisms.selinux()
			.observe(keeper.containerPid())
			.ifPresent((label) -> this.mechanisms.selinux().claim(directory.id().value(), label));
	}

	@Override
	public Optional<IsolationReport> observe(ContainerSpec declared, int pid, boolean readFilters) {
		return ProcessIdentity.of(pid).flatMap((process) -> Observation.of(subject(process, declared), readFilters));
	}

	private Subject subject(ProcessIdentity process, ContainerSpec declared) {
		CapabilitySet given = Capabilities.grant(declared.privileges().capabilities(), host(declared)).capabilities();
		return new Subject(process, declared, this.mechanisms.cgroups().open(declared.id()),
				DeviceAccess.rules(declared.devices(), DeviceNode.find(declared.devices())), given,
				this.mechanisms.seccomp().compile(declared.privileges().seccomp(), given),
				this.mechanisms.selinux().observe(process.pid()), this.mechanisms.selinux().isEnabled(),
				this.mechanisms.pidOf());
	}

	/** What there is to give: in a user namespace of its own, everything. */
	private CapabilitySet host(ContainerSpec spec) {
		return spec.namespaces().privateUsers() ? CapabilitySet.ALL : this.mechanisms.capabilities();
	}

	@Override
	public boolean oomKilled(ContainerDirectory directory) {
		try {
			return this.mechanisms.cgroups().open(directory.id()).oomKills() > 0;
		}
		catch (LinuxException ex) {
			return false;
		}
	}

	@Override
	public void undo(ContainerDirectory directory, Ledger ledger) {
		// the service may have died after it had made the keeper and before it had noted
		// it
		if (keeperOf(ledger).isEmpty() && !ledger.outstanding().isEmpty()) {
			Keeper.named(directory.id().value()).flatMap(Keeper::find).ifPresent(Keeper::end);
		}
		for (Ledger.Entry entry : ledger.outstanding().reversed()) {
			switch (entry.kind()) {
				case KEEPER -> endKeeper(entry.name());
				case CGROUP -> endCgroup(this.mechanisms.cgroups(), directory.id());
				case NAMES -> this.mechanisms.naming().end(directory.id());
				case ENDPOINT -> this.mechanisms.networks().release(directory.id(), entry.name());
				case EXEC -> endExec(directory, new ExecId(entry.name()));
				case RUN -> deleteTree(Path.of(entry.name()));
				case MOUNT, NETNS -> throw new IllegalStateException(
						"ledger of " + directory.id() + " names a " + entry.kind() + ", which no launch makes");
			}
			ledger.strike(entry.kind(), entry.name());
		}
		this.mechanisms.users().release(directory.id());
		this.mechanisms.selinux().release(directory.id().value());
		ledger.clear();
	}

	@Override
	public void close() {
		this.mechanisms.close();
	}

	private static Optional<ProcessIdentity> keeperOf(Ledger ledger) {
		return ledger.outstanding()
			.stream()
			.filter((entry) -> entry.kind() == Ledger.Kind.KEEPER)
			.reduce((earlier, later) -> later)
			.flatMap((entry) -> ProcessIdentity.parse(entry.name()));
	}

	/** Its keeper is noted after it was made. */
	private static void endExec(ContainerDirectory directory, ExecId id) {
		directory.exec(id)
			.keeperIdentity()
			.or(() -> Keeper.named(execName(directory, id)))
			.flatMap(Keeper::find)
			.ifPresent(Keeper::end);
	}

	private static void endKeeper(String identity) {
		ProcessIdentity.parse(identity).flatMap(Keeper::find).ifPresent(Keeper::end);
	}

	/**
	 * A process of an exec may join after the kill, and stay for longer than the removal
	 * waits: then both are tried again.
	 */
	static void endCgroup(Cgroups cgroups, ContainerId id) {
		Cgroup cgroup = cgroups.open(id);
		cgroup.kill();
		for (int attempt = 1;; attempt++) {
			try {
				cgroup.release();
				return;
			}
			catch (LinuxException ex) {
				if (!ex.is(Errno.EBUSY) || attempt == MOST_ATTEMPTS) {
					throw ex;
				}
			}
			if (!cgroup.processes().isEmpty()) {
				cgroup.kill();
			}
		}
	}

	static void deleteTree(Path directory) {
		if (Files.notExists(directory)) {
			return;
		}
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("remove " + directory, ex);
		}
	}

}
