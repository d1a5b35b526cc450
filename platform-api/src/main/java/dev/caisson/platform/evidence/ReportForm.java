package dev.caisson.platform.evidence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import dev.caisson.engine.evidence.Finding;
import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.evidence.Verdict;
import dev.caisson.engine.namespace.NamespaceKind;
import dev.caisson.engine.rootfs.MountTable;
import dev.caisson.engine.seccomp.Seccomp.ReadBack;
import dev.caisson.engine.spec.CapabilitySet;
import org.jspecify.annotations.Nullable;

/**
 * A report as maps, lists, strings, numbers and booleans: the form in which clients read
 * it and in which it is sealed. The names are the kernel's.
 */
final class ReportForm {

	private ReportForm() {
	}

	/** All of it, for clients. */
	static Map<String, @Nullable Object> full(Observed observed) {
		IsolationReport report = observed.report();
		Map<String, @Nullable Object> form = new LinkedHashMap<>();
		form.put("container", observed.container());
		form.put("name", observed.name());
		form.put("cause", observed.cause().word());
		form.put("record", (observed.record() >= 0) ? observed.record() : null);
		form.put("observedAt", report.observedAt().toString());
		form.put("pid", (long) report.pid());
		form.put("summary", summary(report));
		form.put("namespaces", namespaces(report));
		form.put("userIds", report.userIds());
		form.put("groupIds", report.groupIds());
		form.put("capabilities", capabilities(report));
		form.put("noNewPrivileges", report.capabilities().noNewPrivileges());
		form.put("seccomp", seccomp(report));
		form.put("label", report.label().orElse(null));
		form.put("cgroup", Map.of("path", report.cgroup(), "controls", new TreeMap<>(report.controls())));
		form.put("mounts", report.mounts().entries().stream().map(ReportForm::mount).toList());
		form.put("findings", report.findings().stream().map(ReportForm::finding).toList());
		form.put("drift", observed.drift().stream().map(ReportForm::drift).toList());
		return form;
	}

	/**
	 * What is sealed: the facts once, and of the findings those that say more than that
	 * all is as declared.
	 */
	static Map<String, Object> sealed(IsolationReport report, Observed.Cause cause) {
		Map<String, Object> form = new TreeMap<>();
		form.put("cause", cause.word());
		form.put("observedAt", report.observedAt().toString());
		form.put("pid", (long) report.pid());
		form.put("startTime", report.startTime());
		form.put("summary", summary(report));
		form.put("namespaces", inodes(report));
		form.put("userIds", report.userIds());
		form.put("groupIds", report.groupIds());
		form.put("capabilities", capabilities(report));
		form.put("noNewPrivileges", report.capabilities().noNewPrivileges());
		form.put("seccomp", seccomp(report));
		form.put("label", report.label().orElse(""));
		form.put("cgroup", report.cgroup());
		form.put("controls", new TreeMap<>(report.controls()));
		form.put("mounts", report.mounts().entries().stream().map(ReportForm::mountLine).toList());
		form.put("findings",
				report.findings()
					.stream()
					.filter((finding) -> finding.verdict() == Verdict.DIFFERS || finding.verdict() == Verdict.UNKNOWN)
					.map(ReportForm::finding)
					.toList());
		return form;
	}

	private static Map<String, Object> summary(IsolationReport report) {
		Map<String, Object> counts = new TreeMap<>();
		for (Verdict verdict : Verdict.values()) {
			counts.put(word(verdict), report.count(verdict));
		}
		return counts;
	}

	/** As JSON writes a verdict: {@code notAsked}. */
	static String word(Verdict verdict) {
		return switch (verdict) {
			case PROVEN -> "proven";
			case DIFFERS -> "differs";
			case NOT_ASKED -> "notAsked";
			case UNKNOWN -> "unknown";
		};
	}

	private static List<Map<String, Object>> namespaces(IsolationReport report) {
		List<Map<String, Object>> list = new ArrayList<>();
		for (NamespaceKind kind : NamespaceKind.values()) {
			var entry = report.namespaces().entries().get(kind);
			if (entry != null) {
				list.add(Map.of("type", kind.fileName(), "inode", entry.inode(), "host", entry.host(), "private",
						entry.isPrivate()));
			}
		}
		return list;
	}

	private static Map<String, Object> inodes(IsolationReport report) {
		Map<String, Object> inodes = new TreeMap<>();
		report.namespaces().entries().forEach((kind, entry) -> inodes.put(kind.fileName(), entry.inode()));
		return inodes;
	}

	private static Map<String, Object> capabilities(IsolationReport report) {
		Map<String, Object> sets = new TreeMap<>();
		sets.put("effective", names(report.capabilities().effective()));
		sets.put("permitted", names(report.capabilities().permitted()));
		sets.put("inheritable", names(report.capabilities().inheritable()));
		sets.put("bounding", names(report.capabilities().bounding()));
		sets.put("ambient", names(report.capabilities().ambient()));
		return sets;
	}

	private static List<String> names(CapabilitySet set) {
		return set.members().stream().map(Enum::name).toList();
	}

	private static Map<String, Object> seccomp(IsolationReport report) {
		Map<String, Object> form = new TreeMap<>();
		form.put("mode", report.seccomp().mode().name().toLowerCase(Locale.ROOT));
		form.put("filters", (long) report.seccomp().filters());
		report.filters()
			.ifPresent((filters) -> form.put("readBack", filters.stream().map(ReportForm::filter).toList()));
		return form;
	}

	private static Map<String, Object> filter(ReadBack filter) {
		return Map.of("sha256", filter.digest(), "instructions", (long) filter.length());
	}

	private static Map<String, Object> mount(MountTable.Entry mount) {
		Map<String, Object> form = new LinkedHashMap<>();
		form.put("target", mount.target());
		form.put("type", mount.type());
		form.put("source", mount.source());
		form.put("root", mount.root());
		form.put("device", mount.device());
		form.put("options", mount.options());
		form.put("propagation", mount.propagation());
		return form;
	}

	/** Without what an overlay's options tell of the host's directories. */
	private static String mountLine(MountTable.Entry mount) {
		return mount.target() + " " + mount.type() + " " + mount.device() + " " + mount.root() + " "
				+ String.join(",", mount.options()) + " " + mount.propagation();
	}

	private static Map<String, Object> finding(Finding finding) {
		Map<String, Object> form = new LinkedHashMap<>();
		form.put("mechanism", finding.mechanism().name().toLowerCase(Locale.ROOT));
		form.put("item", finding.item());
		form.put("declared", finding.declared());
		form.put("observed", finding.observed());
		form.put("verdict", word(finding.verdict()));
		return form;
	}

	private static Map<String, Object> drift(Observed.Drift drift) {
		Map<String, Object> form = new LinkedHashMap<>(finding(drift.finding()));
		form.put("since", drift.since().toString());
		return form;
	}

}
