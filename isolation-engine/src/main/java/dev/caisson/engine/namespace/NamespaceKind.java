package dev.caisson.engine.namespace;

import java.util.Locale;

/** The kinds of namespaces(7), with their flags in linux/sched.h. */
public enum NamespaceKind {

	CGROUP(0x02000000), IPC(0x08000000), MNT(0x00020000), NET(0x40000000), PID(0x20000000), USER(0x10000000),
	UTS(0x04000000);

	private final int flag;

	NamespaceKind(int flag) {
		this.flag = flag;
	}

	/** The flag of clone3(2), unshare(2) and setns(2). */
	public int flag() {
		return this.flag;
	}

	/** The name of the flag. */
	public String flagName() {
		return "CLONE_NEW" + ((this == MNT) ? "NS" : name());
	}

	/** Its file in /proc/PID/ns. */
	public String fileName() {
		return name().toLowerCase(Locale.ROOT);
	}

}
