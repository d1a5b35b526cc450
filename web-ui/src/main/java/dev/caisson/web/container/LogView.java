package dev.caisson.web.container;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.container.LogLine;
import dev.caisson.engine.container.LogQuery;

/**
 * The end of a log.
 *
 * @param lines the oldest first
 */
public record LogView(List<Line> lines) {

	/** As many lines as the page begins with. */
	static final int TAIL = 500;

	/** Colours and cursor movements of terminals, see ECMA-48, and other controls. */
	private static final Pattern CONTROLS = Pattern
		.compile("\\x1b\\[[0-?]*[ -/]*[@-~]|\\x1b\\][^\\x07\\x1b]*(\\x07|\\x1b\\\\)|[\\x00-\\x08\\x0b-\\x1f\\x7f]");

	static LogView tail(Container container) {
		List<Line> lines = new ArrayList<>();
		container.readLog(new LogQuery(true, true, null, null, TAIL, false), (line) -> lines.add(Line.of(line)));
		return new LogView(lines);
	}

	/**
	 * One line.
	 *
	 * @param time when it was read
	 * @param err whether it was written to standard error
	 * @param text without its newline and without controls
	 */
	public record Line(Instant time, boolean err, String text) {

		static Line of(LogLine line) {
			String text = new String(line.text(), StandardCharsets.UTF_8);
			return new Line(line.time(), line.stream() == 2,
					CONTROLS.matcher(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).replaceAll(""));
		}

	}

}
