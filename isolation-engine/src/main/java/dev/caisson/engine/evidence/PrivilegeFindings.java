package dev.caisson.engine.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.caisson.engine.capability.CapabilityReport;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.PrivilegeSpec;
import dev.caisson.engine.spec.PrivilegeSpec.SelinuxChoice;

/**
 * Capabilities, no_new_privs and the label. A process may give capabilities up, so what
 * it has is measured by what it must not have.
 */
record PrivilegeFindings(Subject subject, CapabilityReport observed) {

	private static final String LABEL = "label";

	List<Finding> all() {
		List<Finding> findings = new ArrayList<>();
		findings.add(capabilities("bounding", this.observed.bounding()));
		findings.add(capabilities("permitted", this.observed.permitted()));
		findings.add(capabilities("effective", this.observed.effective()));
		findings.add(noNewPrivileges());
		findings.add(label());
		return findings;
	}

	private Finding capabilities(String item, CapabilitySet set) {
		CapabilitySet given = this.subject.capabilities();
		return Finding.of(Mechanism.CAPABILITY, item, "no more than " + text(given), text(set),
				set.without(given).isEmpty());
	}

	private static String text(CapabilitySet set) {
		return set.isEmpty() ? "none"
				: set.members()
					.stream()
					.map((capability) -> capability.name().substring("CAP_".length()))
					.collect(Collectors.joining(" "));
	}

	private Finding noNewPrivileges() {
		boolean asked = this.subject.declared().privileges().noNewPrivileges();
		String observed = this.observed.noNewPrivileges() ? "1" : "0";
		return asked ? Finding.of(Mechanism.PROCESS, "no_new_privs", "1", observed, observed.equals("1"))
				: new Finding(Mechanism.PROCESS, "no_new_privs", "0", observed, Verdict.NOT_ASKED);
	}

	private Finding label() {
		PrivilegeSpec privileges = this.subject.declared().privileges();
		String observed = this.subject.label().orElse("none");
		if (!this.subject.hasLabels()) {
			return new Finding(Mechanism.SELINUX, LABEL, "none", "this host does not run SELinux", Verdict.NOT_ASKED);
		}
		return switch (privileges.selinux()) {
			case SelinuxChoice.Disabled() ->
				new Finding(Mechanism.SELINUX, LABEL, "disabled", observed, Verdict.NOT_ASKED);
			case SelinuxChoice.Default() -> Finding.of(Mechanism.SELINUX, LABEL,
					"container_t with categories of its own", observed, observed.contains(":container_t:"));
			case SelinuxChoice.Given given ->
				Finding.of(Mechanism.SELINUX, LABEL, given(given), observed, holds(given, observed));
		};
	}

	private static String given(SelinuxChoice.Given given) {
		return String.join(":", part(given.user()), part(given.role()), part(given.type()), part(given.level()));
	}

	private static String part(String given) {
		return given.isEmpty() ? "*" : given;
	}

	/** A label is user:role:type:level, and a level may have colons. */
	private static boolean holds(SelinuxChoice.Given given, String observed) {
		String[] parts = observed.split(":", 4);
		String[] wanted = { given.user(), given.role(), given.type(), given.level() };
		for (int i = 0; i < wanted.length; i++) {
			if (!wanted[i].isEmpty() && (i >= parts.length || !wanted[i].equals(parts[i]))) {
				return false;
			}
		}
		return true;
	}

}
