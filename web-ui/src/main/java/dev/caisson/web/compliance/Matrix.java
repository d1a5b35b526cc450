package dev.caisson.web.compliance;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.platform.evidence.Control;
import dev.caisson.web.container.IsolationView;

/**
 * Containers by controls.
 *
 * @param judged each container with its controls, all in the same order
 */
public record Matrix(List<Judged> judged) {

	public List<Name> names() {
		return this.judged.stream().map((each) -> new Name(each.id(), each.name())).toList();
	}

	public String sentence() {
		long met = count(Control.Status.PASS);
		return met + " of " + (met + count(Control.Status.FAIL)) + " applicable controls met by " + this.judged.size()
				+ ((this.judged.size() == 1) ? " container" : " containers");
	}

	private long count(Control.Status status) {
		return this.judged.stream()
			.flatMap((each) -> each.controls().stream())
			.filter((control) -> control.status() == status)
			.count();
	}

	public List<Row> rows() {
		List<Row> rows = new ArrayList<>();
		for (int i = 0; !this.judged.isEmpty() && i < this.judged.getFirst().controls().size(); i++) {
			Control first = this.judged.getFirst().controls().get(i);
			List<Cell> cells = new ArrayList<>();
			for (Judged each : this.judged) {
				Control control = each.controls().get(i);
				cells.add(new Cell(IsolationView.verdict(control), IsolationView.word(control), control.evidence()));
			}
			rows.add(new Row(first.id(), first.title(), cells));
		}
		return rows;
	}

	/** A container and what became of the controls. */
	public record Judged(String id, String name, List<Control> controls) {
	}

	/** Head of a column. */
	public record Name(String id, String name) {
	}

	/** A control. */
	public record Row(String id, String title, List<Cell> cells) {
	}

	/** What became of it in one container. */
	public record Cell(String verdict, String word, String evidence) {
	}

}
