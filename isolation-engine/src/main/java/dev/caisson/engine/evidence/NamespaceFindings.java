package dev.caisson.engine.evidence;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.namespace.NamespaceKind;
import dev.caisson.engine.namespace.NamespaceReport;
import dev.caisson.engine.namespace.Namespaces;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;

/**
 * Which namespaces are the container's own, by inode; two processes share one if it is
 * the same.
 */
record NamespaceFindings(Subject subject, NamespaceReport observed) {

	List<Finding> all() {
		NamespaceSpec declared = this.subject.declared().namespaces();
		Source own = new Source.Own();
		List<Finding> findings = new ArrayList<>();
		findings.add(finding(NamespaceKind.MNT, own));
		findings.add(finding(NamespaceKind.UTS, declared.uts()));
		findings.add(finding(NamespaceKind.IPC, declared.ipc()));
		findings.add(finding(NamespaceKind.PID, declared.pid()));
		findings.add(finding(NamespaceKind.NET, declared.network()));
		findings.add(finding(NamespaceKind.CGROUP, declared.cgroup()));
		findings.add(finding(NamespaceKind.USER, declared.privateUsers() ? own : new Source.Host()));
		return findings;
	}

	private Finding finding(NamespaceKind kind, Source source) {
		NamespaceReport.Entry entry = this.observed.entries().get(kind);
		String item = kind.fileName();
		if (entry == null) {
			return Finding.unknown(Mechanism.NAMESPACE, item, word(source), "this kernel does not show it");
		}
		String inode = Long.toString(entry.inode());
		return switch (source) {
			case Source.Own() ->
				Finding.of(Mechanism.NAMESPACE, item, word(source), inode, entry.inode() != entry.host());
			case Source.Host() when entry.inode() == entry.host() ->
				new Finding(Mechanism.NAMESPACE, item, word(source), inode, Verdict.NOT_ASKED);
			case Source.Host() -> Finding.of(Mechanism.NAMESPACE, item, word(source), inode, false);
			case Source.OfContainer(var other) -> shared(kind, item, word(source), inode, peer(kind, other));
		};
	}

	private static Finding shared(NamespaceKind kind, String item, String declared, String inode, long peer) {
		return (peer == 0) ? Finding.unknown(Mechanism.NAMESPACE, item, declared, "the other container has ended")
				: Finding.of(Mechanism.NAMESPACE, kind.fileName(), declared, inode, inode.equals(Long.toString(peer)));
	}

	/** The inode of another container's namespace; 0 if it does not run. */
	private long peer(NamespaceKind kind, dev.caisson.engine.spec.ContainerId other) {
		try {
			NamespaceReport.Entry entry = Namespaces.observe(this.subject.pidOf().applyAsInt(other))
				.entries()
				.get(kind);
			return (entry != null) ? entry.inode() : 0;
		}
		catch (RuntimeException ex) {
			return 0;
		}
	}

	private static String word(Source source) {
		return switch (source) {
			case Source.Own() -> "private";
			case Source.Host() -> "host";
			case Source.OfContainer(var id) -> "container:" + id.value();
		};
	}

}
