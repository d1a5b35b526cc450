package dev.caisson.engine.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The processes that this JVM started, directly or not: its descendants, and what was
 * handed to init meanwhile but is in a cgroup of our tests, or is a keeper in a namespace
 * that is ours alone.
 */
final class OwnProcesses {

	private static final Set<String> KEEPERS = Set.of("caisson-keeper", "stage0");

	private OwnProcesses() {
	}

	private record Entry(long pid, String name, long parent) {

		/** See proc_pid_stat(5): the name may hold blanks and parentheses. */
		static Entry parse(String stat) {
			int end = stat.lastIndexOf(')');
			String[] rest = stat.substring(end + 2).split(" ");
			return new Entry(Long.parseLong(stat.substring(0, stat.indexOf(' '))),
					stat.substring(stat.indexOf('(') + 1, end) + (rest[0].equals("Z") ? " (zombie)" : ""),
					Long.parseLong(rest[1]));
		}

	}

	static Set<String> find() {
		Map<Long, Entry> all = all();
		Set<Long> descendants = descendants(all);
		Set<String> found = new TreeSet<>();
		for (Entry entry : all.values()) {
			if (descendants.contains(entry.pid) || isStray(entry)) {
				found.add("process " + entry.pid + " " + entry.name);
			}
		}
		return found;
	}

	private static Map<Long, Entry> all() {
		Map<Long, Entry> all = new HashMap<>();
		for (Path directory : KernelSnapshot.list(Path.of("/proc"))) {
			if (!Character.isDigit(directory.getFileName().toString().charAt(0))) {
				continue;
			}
			try {
				Entry entry = Entry.parse(Files.readString(directory.resolve("stat")));
				all.put(entry.pid, entry);
			}
			catch (IOException ended) {
				// it ended while we looked
			}
		}
		return all;
	}

	private static Set<Long> descendants(Map<Long, Entry> all) {
		long self = ProcessHandle.current().pid();
		Set<Long> found = new HashSet<>();
		for (Entry entry : all.values()) {
			Entry ancestor = entry;
			while (ancestor != null && ancestor.parent != self) {
				ancestor = all.get(ancestor.parent);
			}
			if (ancestor != null) {
				found.add(entry.pid);
			}
		}
		return found;
	}

	private static boolean isStray(Entry entry) {
		Path process = Path.of("/proc", Long.toString(entry.pid));
		try {
			return isKeeperBesideUs(entry, process)
					|| (entry.parent == 1 && Files.readString(process.resolve("cgroup")).contains(TestRoots.tag()));
		}
		catch (IOException ended) {
			return false;
		}
	}

	private static boolean isKeeperBesideUs(Entry entry, Path process) throws IOException {
		return KEEPERS.contains(entry.name) && KernelSnapshot.aloneIn("net")
				&& Files.readSymbolicLink(process.resolve("ns/net"))
					.equals(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
	}

}
