package dev.caisson.engine.evidence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.caisson.engine.capability.Capabilities;
import dev.caisson.engine.capability.CapabilityReport;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.namespace.NamespaceReport;
import dev.caisson.engine.namespace.Namespaces;
import dev.caisson.engine.rootfs.MountTable;
import dev.caisson.engine.seccomp.Seccomp;
import dev.caisson.engine.seccomp.Seccomp.ReadBack;
import dev.caisson.engine.seccomp.Seccomp.SeccompReport;

/**
 * Reads one container's isolation back, mechanism by mechanism, and holds it against the
 * spec. What is read belongs to one process: if it ends meanwhile there is no report, for
 * its number may have become another's.
 */
public final class Observation {

	private final Subject subject;

	private Observation(Subject subject) {
		this.subject = subject;
	}

	/**
	 * Observes a running container. Takes about a millisecond.
	 * @param readFilters whether to read the seccomp filters back, for which the process
	 * stands still for some tens of microseconds; a filter cannot be taken off, so once a
	 * run is enough
	 * @return empty if it has ended
	 */
	public static Optional<IsolationReport> of(Subject subject, boolean readFilters) {
		if (!subject.process().isAlive()) {
			return Optional.empty();
		}
		try {
			IsolationReport report = new Observation(subject).read(readFilters);
			return subject.process().isAlive() ? Optional.of(report) : Optional.empty();
		}
		catch (LinuxException | UncheckedIOException ex) {
			// a process that ends takes its files in /proc and in its cgroup along
			if (!subject.process().isAlive()) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	private IsolationReport read(boolean readFilters) {
		Instant now = Instant.now();
		int pid = this.subject.pid();
		NamespaceReport namespaces = Namespaces.observe(pid);
		CapabilityReport capabilities = Capabilities.observe(pid);
		SeccompReport seccomp = Seccomp.observe(pid);
		FilterReading filters = readFilters ? FilterReading.of(pid) : FilterReading.NONE;
		MountTable mounts = MountTable.observe(pid);
		List<Finding> findings = new ArrayList<>();
		findings.addAll(new NamespaceFindings(this.subject, namespaces).all());
		findings.addAll(new ControlFindings(this.subject).all());
		findings.addAll(new SeccompFindings(this.subject, seccomp, filters).all());
		findings.addAll(new PrivilegeFindings(this.subject, capabilities).all());
		findings.addAll(new MountFindings(this.subject, mounts).all());
		findings.addAll(new ProcessFindings(this.subject).all());
		return new IsolationReport(now, pid, this.subject.process().startTime(), namespaces, lines(pid, "uid_map"),
				lines(pid, "gid_map"), capabilities, seccomp, filters.filters(), this.subject.label(),
				this.subject.cgroup().path(), this.subject.cgroup().observe(), mounts, findings);
	}

	/** A small file of proc_pid(5), with single spaces between its words. */
	static List<String> lines(int pid, String file) {
		try {
			return Files.readAllLines(Path.of("/proc", Integer.toString(pid), file), StandardCharsets.ISO_8859_1)
				.stream()
				.map((line) -> line.strip().replaceAll(" +", " "))
				.toList();
		}
		catch (IOException ex) {
			throw new LinuxException("read", "/proc/" + pid + "/" + file, Errno.ESRCH, "the process has ended");
		}
	}

	/**
	 * What came of reading the filters back.
	 *
	 * @param filters the oldest first; empty if they were not read
	 * @param reason why not
	 */
	record FilterReading(Optional<List<ReadBack>> filters, String reason) {

		static final FilterReading NONE = new FilterReading(Optional.empty(), "");

		static FilterReading of(int pid) {
			try {
				Optional<List<ReadBack>> filters = Seccomp.readBack(pid);
				return new FilterReading(filters, filters.isPresent() ? "" : "the process could not be stopped");
			}
			catch (LinuxException ex) {
				return new FilterReading(Optional.empty(), ex.getMessage());
			}
		}

	}

}
