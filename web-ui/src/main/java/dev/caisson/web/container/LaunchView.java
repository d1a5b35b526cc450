package dev.caisson.web.container;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.launch.LaunchTrace;
import dev.caisson.web.frame.Quantity;

/**
 * A launch as a waterfall.
 *
 * @param number of the launch; 0 if it is not kept yet
 * @param trace its calls
 */
public record LaunchView(int number, LaunchTrace trace) {

	/** Nanoseconds from the first call to the end of the last. */
	private long whole() {
		return this.trace.entries().stream().mapToLong((entry) -> entry.start() + entry.duration()).max().orElse(1);
	}

	public String sentence() {
		return Quantity.time(whole()) + ", " + this.trace.entries().size() + " system calls"
				+ ((this.number > 0) ? ", run " + this.number : "");
	}

	/** Calls of a kind that follow each other are one phase. */
	public List<Bar> phases() {
		List<Bar> bars = new ArrayList<>();
		List<LaunchTrace.Entry> group = new ArrayList<>();
		for (LaunchTrace.Entry entry : this.trace.entries()) {
			if (!group.isEmpty() && !label(group.getLast()).equals(label(entry))) {
				bars.add(bar(group));
				group.clear();
			}
			group.add(entry);
		}
		if (!group.isEmpty()) {
			bars.add(bar(group));
		}
		return bars;
	}

	public List<Bar> calls() {
		return this.trace.entries().stream().map((entry) -> bar(List.of(entry))).toList();
	}

	private Bar bar(List<LaunchTrace.Entry> group) {
		LaunchTrace.Entry first = group.getFirst();
		LaunchTrace.Entry last = group.getLast();
		long end = group.stream().mapToLong((entry) -> entry.start() + entry.duration()).max().orElse(0);
		boolean failed = last.equals(this.trace.entries().getLast()) && last.returned() && last.result() < 0;
		String style = failed ? "failed" : first.process();
		return new Bar(label(first), first.purpose(), first.call(), result(last), style, position(first.start()),
				Quantity.share((double) end - first.start(), whole()), Quantity.time(end - first.start()),
				group.size());
	}

	private String position(long start) {
		return String.format(java.util.Locale.ROOT, "%.2f%%", 100.0 * start / Math.max(whole(), 1));
	}

	private static String result(LaunchTrace.Entry entry) {
		return entry.returned() ? Long.toString(entry.result()) : "does not return";
	}

	private static String label(LaunchTrace.Entry entry) {
		return entry.process() + ": " + kind(entry.call().split("\\(", 2)[0]);
	}

	/** What a call is part of. */
	private static String kind(String call) {
		return switch (call) {
			case "mount", "umount2", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "pivot_root", "chdir",
					"fchdir", "mkdirat", "mkdir", "mknodat", "mknod", "symlinkat", "symlink", "mount_setattr",
					"openat2", "fchmodat", "umask", "chroot", "fchownat", "unlinkat" ->
				"mounts, pivot_root";
			case "capset", "prctl", "setresuid", "setresgid", "setgroups", "setuid", "setgid" -> "capabilities, user";
			case "clone3", "clone", "fork" -> "clone3";
			case "setrlimit", "prlimit64", "sethostname", "setdomainname" -> "hostname, limits";
			case "read", "write", "openat", "open", "close", "dup2", "dup3", "close_range", "fcntl", "ioctl", "poll",
					"ppoll" ->
				"descriptors, files";
			default -> call;
		};
	}

	/**
	 * A bar of the waterfall.
	 *
	 * @param label what it is
	 * @param purpose of the first call
	 * @param call as strace(1) prints the first
	 * @param result of the last
	 * @param style child, keeper or failed
	 * @param left where it begins
	 * @param width how long it is
	 * @param time it took
	 * @param count of calls
	 */
	public record Bar(String label, String purpose, String call, String result, String style, String left, String width,
			String time, int count) {
	}

}
