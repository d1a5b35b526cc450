package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import dev.caisson.engine.cgroup.Cgroup;
import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.Fault;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.launch.Launch;
import dev.caisson.engine.launch.LaunchFrame;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Launcher;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.launch.StepFailedException;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.namespace.Namespaces;
import dev.caisson.engine.namespace.UserNamespaces;
import dev.caisson.engine.network.Attachment;
import dev.caisson.engine.network.dns.DnsServer;
import dev.caisson.engine.rootfs.ContainerFiles;
import dev.caisson.engine.rootfs.DeviceNode;
import dev.caisson.engine.rootfs.Overlay;
import dev.caisson.engine.rootfs.PreparedRoot;
import dev.caisson.engine.rootfs.ResolvedUser;
import dev.caisson.engine.rootfs.RootFilesystem;
import dev.caisson.engine.rootfs.Surroundings;
import dev.caisson.engine.rootfs.UserDatabase;
import dev.caisson.engine.selinux.Selinux;
import dev.caisson.engine.selinux.SelinuxLabel;
import dev.caisson.engine.selinux.VolumeLabels;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;
import org.jspecify.annotations.Nullable;

/**
 * The start of one container, in execution order: <pre>
 *   prepare   run directory, user namespace, networks, root, user, control groups, namespaces
 *   plan      every mechanism adds its steps
 *   launch    the keeper takes them
 * </pre> Everything made is on the ledger before, and is undone if a later thing fails.
 * Used once, by one thread.
 */
final class LaunchRecipe {

	private final Mechanisms mechanisms;

	private final ContainerDirectory directory;

	private final ContainerSpec spec;

	private final Stdio stdio;

	private final Runnable undoLedger;

	private final Ledger ledger;

	private final Undo undo = new Undo();

	/** What only the launch itself needs. */
	private final Undo temporary = new Undo();

	private final Map<String, Fd> descriptors = new HashMap<>();

	/**
	 * @param undoLedger removes everything that is on the ledger
	 */
	LaunchRecipe(Mechanisms mechanisms, ContainerDirectory directory, ContainerSpec spec, Stdio stdio,
			Runnable undoLedger, Ledger ledger) {
		this.undoLedger = undoLedger;
		this.mechanisms = mechanisms;
		this.directory = directory;
		this.spec = spec;
		this.stdio = stdio;
		this.ledger = ledger;
	}

	Run begin(@Nullable Fault fault) {
		RuntimeException failure = null;
		try {
			return launch(fault);
		}
		catch (StepFailedException ex) {
			failure = LaunchFailure.of(this.spec, ex);
			throw failure;
		}
		catch (RuntimeException ex) {
			failure = ex;
			throw ex;
		}
		finally {
			this.temporary.run(failure);
			if (failure != null) {
				this.undo.run(failure);
			}
		}
	}

	private Run launch(@Nullable Fault fault) {
		makeRunDirectory();
		CompletableFuture<Cgroup> group = beginCgroup();
		UserNamespaces.@Nullable Made made = makeUserNamespace();
		Fd users = (made != null) ? made.users() : null;
		Attachment attachment = planNetworks(made);
		CompletableFuture<@Nullable Void> connection = beginConnection(attachment);
		CompletableFuture<@Nullable Void> names = beginNaming(attachment);
		Optional<SelinuxLabel> label = this.mechanisms.selinux()
			.label(this.spec.privileges().selinux(), this.spec.id().value());
		Fd overlay = mountOverlay(users, label);
		ResolvedUser user = resolveUser(overlay);
		PreparedRoot root = prepareRoot(overlay, label, attachment);
		Cgroup cgroup = finishCgroup(group);
		finish(connection);
		finish(names);
		Namespaces namespaces = prepareNamespaces(attachment, users);
		Fd ended = openKeepersDescriptors();
		LaunchPlan plan = plan(cgroup, namespaces, root, user, label);
		Launch launch = this.mechanisms.launcher().run(plan, this.spec.id().value(), this.descriptors, fault);
		this.undo.add(launch.keeper()::end);
		enterKeeper(launch);
		return new LaunchedRun(this.directory, launch.keeper(), cgroup, ended, this.undoLedger,
				Optional.of(launch.trace()));
	}

	private void makeRunDirectory() {
		Path run = this.directory.run();
		this.ledger.enter(Ledger.Kind.RUN, run.toString());
		this.undo.add(this.undoLedger);
		try {
			Files.createDirectories(run);
			Files.createDirectories(this.mechanisms.emptyDirectory());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("make directory " + run + ": " + ex.getMessage(), ex);
		}
	}

	private UserNamespaces.@Nullable Made makeUserNamespace() {
		if (!this.spec.namespaces().privateUsers()) {
			return null;
		}
		return this.mechanisms.users().create(this.spec.id());
	}

	private Fd mountOverlay(@Nullable Fd users, Optional<SelinuxLabel> label) {
		Path upper = this.directory.upper();
		Path work = this.directory.work();
		try {
			Files.createDirectories(upper);
			Files.createDirectories(work);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("make directory " + upper + ": " + ex.getMessage(), ex);
		}
		List<Path> layers = new ArrayList<>(List.of(this.mechanisms.skeleton()));
		layers.addAll(this.spec.root().layers());
		String context = label.map(SelinuxLabel::file).orElse("");
		Fd overlay = (users != null) ? Overlay.mountShifted(layers, upper, work, context, users)
				: Overlay.mount(layers, upper, work, context);
		this.temporary.add(overlay::close);
		return overlay;
	}

	private ResolvedUser resolveUser(Fd overlay) {
		return UserDatabase.read(overlay).resolve(this.spec.process().user(), this.spec.process().additionalGroups());
	}

	private PreparedRoot prepareRoot(Fd overlay, Optional<SelinuxLabel> label, @Nullable Attachment attachment) {
		label.ifPresent(this::relabelVolumes);
		ContainerFiles files = writeFiles(attachment);
		OptionalInt peer = (this.spec.namespaces().ipc() instanceof Source.OfContainer(var other))
				? OptionalInt.of(this.mechanisms.pidOf().applyAsInt(other)) : OptionalInt.empty();
		PreparedRoot root = RootFilesystem.prepare(this.spec, overlay, files, this.mechanisms.host(),
				new Surroundings(this.mechanisms.emptyDirectory(), label.map(SelinuxLabel::file).orElse(""), peer));
		this.temporary.add(root::close);
		this.descriptors.putAll(root.descriptors());
		return root;
	}

	/** Who shares a network stack shares what it is called by and whom it asks. */
	private ContainerFiles writeFiles(@Nullable Attachment attachment) {
		ContainerFiles own = ContainerFiles.write(this.directory.run(), this.spec, addresses(attachment),
				isAnswered(attachment) ? DnsServer.ADDRESS : null);
		return (this.spec.namespaces().network() instanceof Source.OfContainer(var other))
				? own.sharing(ContainerFiles.in(this.directory.run().resolveSibling(other.value()))) : own;
	}

	private boolean isAnswered(@Nullable Attachment attachment) {
		return attachment != null && this.mechanisms.naming().answers(attachment.endpoints(), this.spec.identity());
	}

	private void relabelVolumes(SelinuxLabel label) {
		for (MountSpec mount : this.spec.mounts()) {
			if (mount instanceof MountSpec.Bind bind && Files.exists(bind.source())) {
				try {
					VolumeLabels.relabel(bind.source(), bind.relabel(), label);
				}
				catch (IOException ex) {
					throw new UncheckedIOException("relabel " + bind.source() + ": " + ex.getMessage(), ex);
				}
			}
		}
	}

	/**
	 * A tenth of a launch, and nothing else waits for it: so it is made by another
	 * thread.
	 */
	private CompletableFuture<Cgroup> beginCgroup() {
		List<DeviceSpec.Rule> rules = DeviceAccess.rules(this.spec.devices(), DeviceNode.find(this.spec.devices()));
		this.ledger.enter(Ledger.Kind.CGROUP, this.mechanisms.cgroups().parentPath() + "/" + this.spec.id());
		CompletableFuture<Cgroup> group = CompletableFuture.supplyAsync(() -> makeCgroup(rules),
				this.mechanisms.helpers());
		// what is still being made cannot be undone yet
		this.undo.add(() -> group.exceptionally((_) -> null).join());
		this.temporary.add(() -> group.exceptionally((_) -> null).thenAccept(LaunchRecipe::closeDescriptors).join());
		return group;
	}

	private Cgroup makeCgroup(List<DeviceSpec.Rule> rules) {
		Cgroup made = this.mechanisms.cgroups()
			.create(this.spec.id(), this.spec.resources(), rules, this.spec.privileges().privileged());
		// opened by this thread, too
		made.descriptors();
		return made;
	}

	private static void closeDescriptors(@Nullable Cgroup group) {
		if (group != null) {
			group.closeDescriptors();
		}
	}

	private Cgroup finishCgroup(CompletableFuture<Cgroup> group) {
		Cgroup made = finish(group);
		this.descriptors.putAll(made.descriptors());
		return made;
	}

	private static <T extends @Nullable Object> T finish(CompletableFuture<T> begun) {
		try {
			return begun.join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

	/** Null where the network namespace is somebody else's. */
	private @Nullable Attachment planNetworks(UserNamespaces.@Nullable Made made) {
		if (!(this.spec.namespaces().network() instanceof Source.Own)) {
			if (made != null) {
				made.network().close();
			}
			return null;
		}
		Attachment attachment = this.mechanisms.networks()
			.plan(this.spec.id(), this.spec.networking(), (made != null) ? made.network() : null);
		this.undo.add(attachment::abandon);
		this.temporary.add(attachment::close);
		for (String name : attachment.ledgerNames()) {
			this.ledger.enter(Ledger.Kind.ENDPOINT, name);
		}
		return attachment;
	}

	/** The kernel connects while the root is prepared. */
	private CompletableFuture<@Nullable Void> beginConnection(@Nullable Attachment attachment) {
		if (attachment == null || attachment.endpoints().isEmpty()) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<@Nullable Void> connection = CompletableFuture.runAsync(attachment::apply,
				this.mechanisms.helpers());
		// what is still being made cannot be undone, nor what it uses be closed
		this.temporary.add(() -> connection.exceptionally((_) -> null).join());
		return connection;
	}

	/** Sockets are made in the namespace while the root is prepared, too. */
	private CompletableFuture<@Nullable Void> beginNaming(@Nullable Attachment attachment) {
		if (attachment == null || !isAnswered(attachment)) {
			return CompletableFuture.completedFuture(null);
		}
		String servers = Naming.ledgerName(this.spec.identity());
		this.ledger.enter(Ledger.Kind.NAMES, servers);
		CompletableFuture<@Nullable Void> naming = CompletableFuture.runAsync(
				() -> this.mechanisms.naming()
					.begin(this.spec.id(), attachment.namespace(), attachment.endpoints(), servers),
				this.mechanisms.helpers());
		this.temporary.add(() -> naming.exceptionally((_) -> null).join());
		return naming;
	}

	private static List<String> addresses(@Nullable Attachment attachment) {
		if (attachment == null) {
			return List.of();
		}
		return attachment.endpoints()
			.stream()
			.flatMap((endpoint) -> endpoint.addresses().stream())
			.map((address) -> IpAddress.text(address.address()))
			.toList();
	}

	private Namespaces prepareNamespaces(@Nullable Attachment attachment, @Nullable Fd users) {
		// the attachment keeps its own descriptor, these are closed apart from it
		Fd network = (attachment != null) ? attachment.namespace().duplicate(0) : null;
		Namespaces namespaces = Namespaces.prepare(this.spec.namespaces(), this.mechanisms.pidOf(), network, users);
		this.temporary.add(namespaces::close);
		this.descriptors.putAll(namespaces.descriptors());
		return namespaces;
	}

	/** Answers the reading end of the exit pipe, which is the run's own. */
	private Fd openKeepersDescriptors() {
		Fd[] exit = Fd.pipe(0, "exit");
		this.undo.add(exit[0]::close);
		keep(KeptDescriptor.EXIT, exit[1]);
		this.descriptors.put(KeptDescriptor.EXIT_WATCH.descriptorName(), exit[0]);
		keep(KeptDescriptor.STATUS, Fd.open(this.directory.status(), Fd.O_WRONLY | Fd.O_CREAT | Fd.O_TRUNC, 0600));
		keep(KeptDescriptor.RELEASE, Fd.event("release"));
		this.stdio.kept().forEach((kept, fd) -> this.descriptors.put(kept.descriptorName(), fd));
		this.stdio.containerEnds().forEach((kept, fd) -> this.descriptors.put(kept.descriptorName(), fd));
		if (this.spec.process().terminal()) {
			TerminalPlan.openDescriptors(this::keep);
		}
		return exit[0];
	}

	/** Gives the keeper a descriptor that this process does not need afterwards. */
	private void keep(KeptDescriptor kept, Fd fd) {
		this.temporary.add(fd::close);
		this.descriptors.put(kept.descriptorName(), fd);
	}

	private LaunchPlan plan(Cgroup cgroup, Namespaces namespaces, PreparedRoot root, ResolvedUser user,
			Optional<SelinuxLabel> label) {
		LaunchPlan.Builder plan = LaunchPlan.builder();
		Launcher.declare(plan);
		int spared = declareInit(plan);
		LaunchFrame.begin(plan);
		Optional<Arg.Descriptor> unified = cgroup.cloneInto(plan);
		Step clone = namespaces.planClone(plan, unified);
		if (this.spec.process().terminal()) {
			TerminalPlan.planKeeper(plan, clone);
		}
		LaunchFrame.end(plan, clone);
		cgroup.plan(plan);
		namespaces.planJoin(plan);
		namespaces.planIdentity(plan, this.spec.identity());
		ProgramPlan.planOomScore(plan.child(), this.spec.process());
		label.ifPresent((given) -> Selinux.plan(plan.child(), given));
		Selinux.planSession(plan.child(), this.spec.id().value(), label);
		root.plan(plan);
		if (this.spec.process().terminal()) {
			TerminalPlan.planChild(plan, user.uid(), this.stdio.terminalSize());
			TerminalPlan.planControl(plan.child());
			RootFilesystem.planConsole(plan, Arg.number(0));
		}
		LaunchFrame.letGo(plan, spared);
		ProgramPlan.planWorkingDirectory(plan.child(), this.spec.process().workingDirectory());
		ProgramPlan.planLimits(plan.child(), this.spec.process());
		PrivilegePlan.of(this.mechanisms, this.spec).plan(plan.child(), user);
		ProgramPlan.planExecute(plan, this.spec.process(),
				PrivilegePlan.environment(this.spec.process().environment(), user));
		return plan.build();
	}

	/** Answers how many descriptors stay open until execve. */
	private int declareInit(LaunchPlan.Builder plan) {
		if (!this.spec.process().init()) {
			return 1;
		}
		plan.descriptor(ProgramPlan.INIT);
		this.descriptors.put(ProgramPlan.INIT, this.mechanisms.init());
		return 2;
	}

	private void enterKeeper(Launch launch) {
		launch.keeper().identity().ifPresent((identity) -> this.ledger.enter(Ledger.Kind.KEEPER, identity.toString()));
	}

}
