package dev.caisson.platform.build.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a Dockerfile's logical lines: parser directives, comments, continuations, flags
 * and heredocs. For one file and one thread.
 */
final class Lines {

	private static final Set<String> WITH_HEREDOCS = Set.of("RUN", "COPY", "ADD");

	private static final Pattern HEREDOC = Pattern.compile("(\\d*)<<(-?)(['\"]?)([^<\\s'\"]+)(['\"]?)");

	private final Directives directives;

	private final String[] lines;

	private final List<String> warnings = new ArrayList<>();

	private int next;

	/** Index of the line at which the present instruction began. */
	private int first;

	Lines(String text) {
		String content = text.startsWith("\ufeff") ? text.substring(1) : text;
		this.lines = content.split("\r?\n", -1);
		this.directives = Directives.read(this.lines);
	}

	char escape() {
		return this.directives.escape();
	}

	/** What Docker would complain of without refusing it. */
	List<String> warnings() {
		List<String> all = new ArrayList<>(this.warnings);
		this.directives.syntax()
			.ifPresent((syntax) -> all.add("[Warning] the directive 'syntax=" + syntax
					+ "' is ignored: the built-in Dockerfile frontend is used"));
		return List.copyOf(all);
	}

	/** All instructions, in order. */
	List<Line> read() {
		List<Line> all = new ArrayList<>();
		while (this.next < this.lines.length) {
			String text = logical();
			if (!text.isBlank()) {
				all.add(line(text));
			}
		}
		return all;
	}

	/** One line with those that continue it; empty for a comment. */
	private String logical() {
		this.first = this.next;
		StringBuilder joined = new StringBuilder();
		boolean more = true;
		boolean blank = false;
		while (more && this.next < this.lines.length) {
			String line = this.lines[this.next++];
			boolean start = joined.isEmpty() && this.next == this.first + 1;
			if (line.stripLeading().startsWith("#")) {
				more = !start;
				continue;
			}
			if (!start && line.isBlank()) {
				blank = true;
				continue;
			}
			String kept = start ? line.stripLeading() : line;
			String without = withoutContinuation(kept);
			more = !without.equals(kept);
			joined.append(without);
		}
		if (blank) {
			this.warnings.add("[Warning] Empty continuation line found in: " + joined);
		}
		return joined.toString().stripTrailing();
	}

	private String withoutContinuation(String line) {
		String text = line.stripTrailing();
		int end = text.length() - 1;
		boolean continued = end >= 0 && text.charAt(end) == escape() && (end == 0 || text.charAt(end - 1) != escape());
		return continued ? text.substring(0, end) : line;
	}

	private Line line(String text) {
		int end = 0;
		while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
			end++;
		}
		String name = text.substring(0, end).toUpperCase(Locale.ROOT);
		List<String> flags = new ArrayList<>();
		String rest = Flags.take(text.substring(end).strip(), escape(), flags);
		int line = this.first + 1;
		boolean may = WITH_HEREDOCS.contains(name) && !JsonArray.looksLike(rest);
		List<Heredoc> heredocs = may ? heredocs(rest, line) : List.of();
		return new Line(new Place(line, text), name, flags, rest, heredocs);
	}

	private List<Heredoc> heredocs(String rest, int line) {
		List<Heredoc> found = new ArrayList<>();
		for (String word : Words.split(rest, escape())) {
			Matcher matcher = HEREDOC.matcher(word);
			if (matcher.matches() && matcher.group(3).equals(matcher.group(5))) {
				boolean chomp = !matcher.group(2).isEmpty();
				found.add(new Heredoc(matcher.group(4), matcher.group(1), matcher.group(3).isEmpty(), chomp,
						body(matcher.group(4), chomp, line)));
			}
		}
		return found;
	}

	private String body(String end, boolean chomp, int line) {
		StringBuilder content = new StringBuilder();
		while (this.next < this.lines.length) {
			String text = this.lines[this.next++];
			String kept = chomp ? text.replaceFirst("^\t+", "") : text;
			if (kept.equals(end)) {
				return content.toString();
			}
			content.append(kept).append('\n');
		}
		throw new DockerfileException(line, "unterminated heredoc");
	}

}
