package dev.caisson.platform.evidence;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import dev.caisson.engine.namespace.NamespaceKind;
import dev.caisson.platform.container.definition.ContainerConfig;
import dev.caisson.platform.container.definition.HostConfig;
import dev.caisson.platform.evidence.Control.Source;
import dev.caisson.platform.evidence.Control.Status;

/**
 * The 32 controls of section 5 of the CIS Docker Benchmark 1.6, container runtime. Where
 * the kernel has a word for what a control asks, the kernel answers, not what was
 * declared.
 */
final class Compliance {

	private static final int MOST_RESTARTS = 5, FIRST_FREE_PORT = 1024;

	/** In the order of the benchmark. */
	private static final List<Rule> RULES = List.of(
			new Rule("5.1", "Swarm mode is not enabled if it is not needed",
					(_) -> Judgement.notApplicable(Source.CONFIGURATION, "this engine has no swarm mode")),
			new Rule("5.2", "An AppArmor profile is enabled, if applicable", KernelControls::appArmor),
			new Rule("5.3", "SELinux security options are set, if applicable", KernelControls::selinux),
			new Rule("5.4", "Linux kernel capabilities are restricted", KernelControls::capabilities),
			new Rule("5.5", "Privileged containers are not used", KernelControls::privileged),
			new Rule("5.6", "Sensitive host directories are not mounted", KernelControls::sensitiveDirectories),
			new Rule("5.7", "sshd is not run", KernelControls::remoteShell),
			new Rule("5.8", "Privileged ports are not mapped", Compliance::privilegedPorts),
			new Rule("5.9", "Only needed ports are open", Compliance::neededPorts),
			new Rule("5.10", "The host's network namespace is not shared",
					(facts) -> KernelControls.own(facts, NamespaceKind.NET)),
			new Rule("5.11", "Memory usage is limited", KernelControls::memoryLimit),
			new Rule("5.12", "CPU priority is set", KernelControls::processorPriority),
			new Rule("5.13", "The root file system is mounted read-only", KernelControls::readOnlyRoot),
			new Rule("5.14", "Incoming traffic is bound to a specific interface", Compliance::boundPorts),
			new Rule("5.15", "The restart policy is on-failure with at most 5 retries", Compliance::restarts),
			new Rule("5.16", "The host's process namespace is not shared",
					(facts) -> KernelControls.own(facts, NamespaceKind.PID)),
			new Rule("5.17", "The host's IPC namespace is not shared",
					(facts) -> KernelControls.own(facts, NamespaceKind.IPC)),
			new Rule("5.18", "Host devices are not exposed", KernelControls::devices),
			new Rule("5.19", "The default ulimit is overwritten if needed", KernelControls::limitsOfProcesses),
			new Rule("5.20", "Mount propagation is not shared", KernelControls::propagation),
			new Rule("5.21", "The host's UTS namespace is not shared",
					(facts) -> KernelControls.own(facts, NamespaceKind.UTS)),
			new Rule("5.22", "The seccomp profile is not disabled", KernelControls::seccomp),
			new Rule("5.23", "exec is not used with the privileged option",
					(facts) -> execs(facts.execs().privileged(), "privileged")),
			new Rule("5.24", "exec is not used with the user root",
					(facts) -> execs(facts.execs().asRoot(), "as root")),
			new Rule("5.25", "Cgroup usage is confirmed", KernelControls::cgroup),
			new Rule("5.26", "No additional privileges can be acquired", KernelControls::noNewPrivileges),
			new Rule("5.27", "Health is checked at run time", Compliance::health),
			new Rule("5.28", "The latest version of the image is used",
					(_) -> new Judgement(Status.UNKNOWN, Source.CONFIGURATION, "only its registry knows")),
			new Rule("5.29", "The number of processes is limited", KernelControls::processLimit),
			new Rule("5.30", "The default bridge is not used", Compliance::network),
			new Rule("5.31", "The host's user namespace is not shared",
					(facts) -> KernelControls.own(facts, NamespaceKind.USER)),
			new Rule("5.32", "The engine's socket is not mounted", KernelControls::engineSocket));

	private static final Set<String> ANYWHERE = Set.of("", "0.0.0.0", "::");

	private Compliance() {
	}

	/** Judges a running container. */
	static List<Control> judge(Facts facts) {
		return RULES.stream().map((rule) -> rule.judge(facts)).toList();
	}

	/** The ids and titles, in order. */
	static Map<String, String> titles() {
		Map<String, String> titles = new java.util.LinkedHashMap<>();
		RULES.forEach((rule) -> titles.put(rule.id(), rule.title()));
		return titles;
	}

	private static List<HostConfig.PortBinding> bindings(Facts facts) {
		return facts.definition()
			.hostConfig()
			.portBindings()
			.values()
			.stream()
			.filter(java.util.Objects::nonNull)
			.flatMap(List::stream)
			.toList();
	}

	private static Judgement privilegedPorts(Facts facts) {
		List<String> low = bindings(facts).stream()
			.map(HostConfig.PortBinding::hostPort)
			.filter((port) -> port.matches("\\d{1,5}") && Integer.parseInt(port) < FIRST_FREE_PORT)
			.toList();
		return Judgement.configuration(low.isEmpty(), low.isEmpty() ? "none below 1024" : String.join(", ", low));
	}

	private static Judgement neededPorts(Facts facts) {
		Set<String> exposed = facts.definition().config().exposedPorts().keySet();
		List<String> others = facts.definition()
			.hostConfig()
			.portBindings()
			.keySet()
			.stream()
			.filter((port) -> !exposed.contains(port))
			.toList();
		return Judgement.configuration(others.isEmpty() && !facts.definition().hostConfig().publishAllPorts(),
				others.isEmpty() ? "published ports are exposed ones" : "not exposed: " + String.join(", ", others));
	}

	private static Judgement boundPorts(Facts facts) {
		List<HostConfig.PortBinding> bindings = bindings(facts);
		if (bindings.isEmpty()) {
			return Judgement.notApplicable(Source.CONFIGURATION, "no port is published");
		}
		boolean open = bindings.stream().anyMatch((binding) -> ANYWHERE.contains(binding.hostIp()));
		return Judgement.configuration(!open, open ? "a port is open on every address" : "each has its address");
	}

	private static Judgement restarts(Facts facts) {
		HostConfig.RestartPolicy policy = facts.definition().hostConfig().restartPolicy();
		return switch (policy.name()) {
			case "no" -> Judgement.notApplicable(Source.CONFIGURATION, "it is never restarted");
			case "on-failure" ->
				Judgement.configuration(policy.maximumRetryCount() > 0 && policy.maximumRetryCount() <= MOST_RESTARTS,
						"on-failure:" + policy.maximumRetryCount());
			default -> Judgement.configuration(false, policy.name());
		};
	}

	private static Judgement execs(long count, String how) {
		return new Judgement((count == 0) ? Status.PASS : Status.FAIL, Source.AUDIT, count + " times " + how);
	}

	private static Judgement health(Facts facts) {
		ContainerConfig.HealthConfig health = facts.definition().config().healthcheck();
		boolean checked = health != null && !health.test().isEmpty() && !health.test().getFirst().equals("NONE");
		return Judgement.configuration(checked, checked ? String.join(" ", health.test()) : "no health check");
	}

	private static Judgement network(Facts facts) {
		String mode = facts.definition().hostConfig().networkMode();
		return Judgement.configuration(!mode.equals("bridge"), mode);
	}

	/**
	 * A control and how it is judged.
	 *
	 * @param id such as {@code 5.22}
	 * @param title what it asks for
	 * @param judge how
	 */
	private record Rule(String id, String title, Function<Facts, Judgement> judge) {

		Control judge(Facts facts) {
			Judgement judgement = this.judge.apply(facts);
			return new Control(this.id, this.title, judgement.status(), judgement.source(), judgement.evidence());
		}

	}

}
