package dev.caisson.web.container;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import dev.caisson.engine.capability.CapabilityReport;
import dev.caisson.engine.evidence.Finding;
import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.evidence.Mechanism;
import dev.caisson.engine.evidence.Verdict;
import dev.caisson.engine.namespace.NamespaceKind;
import dev.caisson.engine.namespace.NamespaceReport;
import dev.caisson.engine.rootfs.MountTable;
import dev.caisson.engine.spec.Capability;
import dev.caisson.platform.evidence.Control;
import dev.caisson.platform.evidence.Observed;
import dev.caisson.web.frame.Quantity;

/**
 * How a container is isolated, as it is shown: what the kernel says beside what was
 * declared.
 *
 * @param observed the latest observation
 * @param controls of the CIS benchmark
 * @param limits against use
 */
public record IsolationView(Observed observed, List<Control> controls, List<LimitBar> limits) {

	private static final String PROVEN = "proven", DRIFT = "drift", BREACH = "breach", NONE = "none";

	public IsolationReport report() {
		return this.observed.report();
	}

	public Instant time() {
		return report().observedAt();
	}

	/** The page in one sentence. */
	public String sentence() {
		IsolationCount count = IsolationCount.of(this.observed);
		long unknown = report().count(Verdict.UNKNOWN);
		return count.text().replace("/", " of ") + " declared properties proven from the kernel"
				+ ((count.drifted() > 0) ? ", " + count.drifted() + " drifted" : "")
				+ ((unknown > 0) ? ", " + unknown + " could not be read" : "");
	}

	public String controlSentence() {
		long met = this.controls.stream().filter((control) -> control.status() == Control.Status.PASS).count();
		long failed = this.controls.stream().filter((control) -> control.status() == Control.Status.FAIL).count();
		return met + " of " + (met + failed) + " applicable controls met";
	}

	public String seal() {
		return (this.observed.record() >= 0) ? "Sealed as record " + Quantity.count(this.observed.record()) + "."
				: "Not sealed.";
	}

	public List<Line> namespaces() {
		List<Line> lines = new ArrayList<>();
		for (NamespaceKind kind : NamespaceKind.values()) {
			NamespaceReport.Entry entry = report().namespaces().entries().get(kind);
			if (entry != null) {
				boolean time = kind.fileName().equals("time");
				lines.add(new Line(kind.fileName(), Long.toString(entry.inode()), Long.toString(entry.host()),
						entry.isPrivate() ? PROVEN : (time ? NONE : BREACH),
						entry.isPrivate() ? "own" : (time ? "not asked for" : "shared with host")));
			}
		}
		return lines;
	}

	/** Each capability that there is; on is what the first process can use now. */
	public List<Chip> capabilities() {
		CapabilityReport report = report().capabilities();
		return Arrays.stream(Capability.values())
			.sorted(Comparator.comparing((Capability each) -> !report.effective().contains(each)))
			.map((each) -> new Chip(each.name().substring("CAP_".length()), report.effective().contains(each)))
			.toList();
	}

	public String capabilityCount() {
		return report().capabilities().effective().members().size() + " of " + Capability.values().length
				+ " effective, " + report().capabilities().bounding().members().size() + " can be gained";
	}

	public List<Line> seccomp() {
		return lines(Mechanism.SECCOMP);
	}

	/** Privileges and label, a line each. */
	public List<Line> privileges() {
		List<Line> lines = new ArrayList<>(lines(Mechanism.PROCESS));
		lines.addAll(lines(Mechanism.SELINUX));
		return lines;
	}

	private List<Line> lines(Mechanism mechanism) {
		return report().findings(mechanism).stream().map(IsolationView::line).toList();
	}

	/** What is not as it was declared, each with the time since when. */
	public List<Drift> drift() {
		return this.observed.drift()
			.stream()
			.map((each) -> new Drift(IsolationCount.sentence(each.finding()), each.since()))
			.toList();
	}

	/** All findings by mechanism, in its word. */
	public Map<String, List<Line>> findings() {
		Map<String, List<Line>> groups = new TreeMap<>();
		for (Mechanism mechanism : Mechanism.values()) {
			List<Line> lines = lines(mechanism);
			if (!lines.isEmpty()) {
				groups.put(mechanism.name().toLowerCase(Locale.ROOT), lines);
			}
		}
		return groups;
	}

	public List<MountTable.Entry> mounts() {
		return report().mounts().entries();
	}

	public List<Line> controlLines() {
		return this.controls.stream()
			.map((control) -> new Line(control.id(), control.title(), control.evidence(), verdict(control),
					word(control)))
			.toList();
	}

	/** Only what the kernel or the log says is proven; what was declared is just met. */
	public static String verdict(Control control) {
		return switch (control.status()) {
			case PASS -> (control.source() == Control.Source.CONFIGURATION) ? NONE : PROVEN;
			case FAIL -> BREACH;
			case NOT_APPLICABLE, UNKNOWN -> NONE;
		};
	}

	public static String word(Control control) {
		return switch (control.status()) {
			case PASS -> (control.source() == Control.Source.CONFIGURATION) ? "met as declared" : PROVEN;
			case FAIL -> "not met";
			case NOT_APPLICABLE -> "not applicable";
			case UNKNOWN -> "not known";
		};
	}

	private static Line line(Finding finding) {
		return new Line(finding.item(), finding.declared(), finding.observed(), switch (finding.verdict()) {
			case PROVEN -> PROVEN;
			case DIFFERS -> DRIFT;
			case NOT_ASKED, UNKNOWN -> NONE;
		}, switch (finding.verdict()) {
			case PROVEN -> PROVEN;
			case DIFFERS -> "drifted";
			case NOT_ASKED -> "not asked for";
			case UNKNOWN -> "not known";
		});
	}

	/**
	 * One fact.
	 *
	 * @param item what it is of
	 * @param left declared, or the container's
	 * @param right observed, or the host's
	 * @param verdict the style class
	 * @param word of the verdict
	 */
	public record Line(String item, String left, String right, String verdict, String word) {
	}

	/** A name that is on or off. */
	public record Chip(String name, boolean on) {
	}

	/** A difference and since when it has been seen. */
	public record Drift(String sentence, Instant since) {
	}

}
