package dev.caisson.engine.container;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.ProcessIdentity;
import dev.caisson.engine.namespace.JoinedNamespaces;
import dev.caisson.engine.rootfs.ResolvedUser;
import dev.caisson.engine.rootfs.UserDatabase;
import dev.caisson.engine.selinux.Selinux;
import dev.caisson.engine.selinux.SelinuxLabel;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.ExecSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The start of a further process in a container that runs. <pre>
 *   keeper               child, unseen by the container          the process
 *   clone3        --->   join cgroups, namespaces; let go of
 *                        all that is the host's; lose what
 *                        the program shall not have
 *                        clone in the pid namespace       --->   lead a session, execve
 *   reap the child  <--  exit
 *   wait for the process, write its status
 * </pre> A process of the container that may trace others can have the process before its
 * execve (CVE-2016-9962, CVE-2019-5736), and gains nothing by it: what is in it then is
 * the container's. Used once, by one thread that may block.
 */
final class ExecRecipe {

	private static final String PROCESS = "process";

	private final Mechanisms mechanisms;

	private final ContainerSpec container;

	private final ExecSpec spec;

	private final Stdio stdio;

	private final Undo undo = new Undo();

	/** What only the launch itself needs. */
	private final Undo temporary = new Undo();

	private final Map<String, Fd> descriptors = new HashMap<>();

	ExecRecipe(Mechanisms mechanisms, ContainerSpec container, ExecSpec spec, Stdio stdio) {
		this.mechanisms = mechanisms;
		this.container = container;
		this.spec = spec;
		this.stdio = stdio;
	}

	/**
	 * Launches it.
	 * @param pid the container's first process
	 * @param process a pidfd of it; stays the caller's
	 * @param name that its keeper has
	 */
	ExecRun begin(int pid, Fd process, ExecDirectory directory, String name, @Nullable Fault fault) {
		RuntimeException failure = null;
		try {
			return launch(pid, process, directory, name, fault);
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

	private ExecRun launch(int pid, Fd process, ExecDirectory directory, String name, @Nullable Fault fault) {
		this.descriptors.put(PROCESS, process);
		ResolvedUser user = resolveUser(pid, process);
		Optional<SelinuxLabel> label = this.mechanisms.selinux()
			.label(this.container.privileges().selinux(), this.container.id().value());
		Cgroup cgroup = this.mechanisms.cgroups().open(this.container.id());
		this.temporary.add(cgroup::closeDescriptors);
		this.descriptors.putAll(cgroup.descriptors());
		Fd ended = openKeepersDescriptors(directory);
		Launch launch = this.mechanisms.launcher().run(plan(cgroup, user, label), name, this.descriptors, fault);
		this.undo.add(launch.keeper()::end);
		launch.keeper().identity().ifPresent(directory::noteKeeper);
		return new ExecRun(launch.keeper(), ended, directory);
	}

	/** The container's own files say who its users are. */
	private ResolvedUser resolveUser(int pid, Fd process) {
		try (Fd root = Fd.open(Path.of("/proc", Integer.toString(pid), "root"), Fd.O_PATH | Fd.O_DIRECTORY)) {
			if (!ProcessIdentity.signal(process, 0)) {
				// the number may be another's by now
				throw notRunning();
			}
			return UserDatabase.read(root).resolve(this.spec.user(), List.of());
		}
		catch (LinuxException ex) {
			throw ex.is(Errno.ENOENT) ? notRunning() : ex;
		}
	}

	private IllegalStateException notRunning() {
		return new IllegalStateException("container " + this.container.id() + " is not running");
	}

	/** Answers the reading end of the exit pipe, which is the run's own. */
	private Fd openKeepersDescriptors(ExecDirectory directory) {
		Fd[] exit = Fd.pipe(0, "exit");
		this.undo.add(exit[0]::close);
		keep(KeptDescriptor.EXIT, exit[1]);
		this.descriptors.put(KeptDescriptor.EXIT_WATCH.descriptorName(), exit[0]);
		keep(KeptDescriptor.STATUS, Fd.open(directory.status(), Fd.O_WRONLY | Fd.O_CREAT | Fd.O_TRUNC, 0600));
		keep(KeptDescriptor.RELEASE, Fd.event("release"));
		this.stdio.kept().forEach((kept, fd) -> this.descriptors.put(kept.descriptorName(), fd));
		this.stdio.containerEnds().forEach((kept, fd) -> this.descriptors.put(kept.descriptorName(), fd));
		if (this.spec.terminal()) {
			TerminalPlan.openDescriptors(this::keep);
		}
		return exit[0];
	}

	/** Gives the keeper a descriptor that this process does not need afterwards. */
	private void keep(KeptDescriptor kept, Fd fd) {
		this.temporary.add(fd::close);
		this.descriptors.put(kept.descriptorName(), fd);
	}

	private LaunchPlan plan(Cgroup cgroup, ResolvedUser user, Optional<SelinuxLabel> label) {
		LaunchPlan.Builder plan = LaunchPlan.builder();
		Launcher.declare(plan);
		LaunchPlan.Section child = plan.child();
		LaunchFrame.beginJoining(plan);
		Step clone = LaunchFrame.clone(plan, 0, "0", cgroup.cloneInto(plan));
		if (this.spec.terminal()) {
			TerminalPlan.planKeeper(plan, clone);
		}
		LaunchFrame.endJoining(plan, clone);
		LaunchFrame.planHide(child);
		cgroup.plan(plan);
		ProgramPlan.planOomScore(child, this.container.process());
		label.ifPresent((given) -> Selinux.plan(child, given));
		label.ifPresent((given) -> Selinux.planKeyLabel(child, given));
		JoinedNamespaces.plan(child, this.container.namespaces(), plan.descriptor(PROCESS));
		Selinux.planSession(child, this.container.id().value(), Optional.empty());
		LaunchFrame.letGoOfAll(plan, this.spec.terminal());
		if (this.spec.terminal()) {
			TerminalPlan.planChild(plan, user.uid(), this.stdio.terminalSize());
			LaunchFrame.letGoOfTerminal(plan);
		}
		ProgramPlan.planWorkingDirectory(child, this.spec.workingDirectory());
		ProgramPlan.planLimits(child, this.container.process());
		privileges().plan(child, user);
		LaunchFrame.planEnter(child);
		LaunchFrame.planSession(child);
		if (this.spec.terminal()) {
			TerminalPlan.planControl(child);
		}
		ProgramPlan.planExecute(child, this.spec.arguments(), PrivilegePlan.environment(this.spec.environment(), user));
		return plan.build();
	}

	private PrivilegePlan privileges() {
		PrivilegePlan privileges = PrivilegePlan.of(this.mechanisms, this.container);
		return this.spec.privileged() ? privileges.withAllCapabilities() : privileges;
	}

}
