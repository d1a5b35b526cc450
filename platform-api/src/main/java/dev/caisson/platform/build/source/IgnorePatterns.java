package dev.caisson.platform.build.source;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The patterns of a {@code .dockerignore} file: the last one that fits a path, or a
 * directory above it, decides. Source: the documentation of build contexts,
 * https://docs.docker.com/build/concepts/context/#dockerignore-files.
 */
public final class IgnorePatterns {

	private final List<Rule> rules;

	private IgnorePatterns(List<Rule> rules) {
		this.rules = rules;
	}

	/**
	 * Reads a file.
	 * @throws CopyException if a pattern is malformed
	 */
	public static IgnorePatterns parse(String text) {
		List<Rule> rules = new ArrayList<>();
		String content = text.startsWith("\ufeff") ? text.substring(1) : text;
		content.lines().filter((line) -> !line.startsWith("#")).map(String::strip).forEach((line) -> {
			boolean exception = line.startsWith("!");
			String pattern = clean(exception ? line.substring(1).strip() : line);
			if (!pattern.isEmpty()) {
				rules.add(new Rule(compile(pattern), exception));
			}
		});
		return new IgnorePatterns(rules);
	}

	/** Without dots, double slashes, and slashes at both ends. */
	private static String clean(String pattern) {
		List<String> names = new ArrayList<>();
		for (String name : Found.names(pattern)) {
			if (name.equals("..") && !names.isEmpty()) {
				names.removeLast();
			}
			else if (!name.equals("..")) {
				names.add(name);
			}
		}
		return String.join("/", names);
	}

	private static Pattern compile(String pattern) {
		try {
			return Pattern.compile(GlobPattern.regex(pattern, true) + "(/.*)?", Pattern.DOTALL);
		}
		catch (PatternSyntaxException ex) {
			throw new CopyException("error from .dockerignore: syntax error in pattern: " + pattern);
		}
	}

	/** Whether a path, relative and without dots, is ignored. */
	public boolean ignores(String path) {
		boolean ignored = false;
		for (Rule rule : this.rules) {
			if (rule.exception == ignored && rule.pattern.matcher(path).matches()) {
				ignored = !rule.exception;
			}
		}
		return ignored;
	}

	/** Removes what is ignored; a directory stays if anything in it does. */
	void removeFrom(ContextFile root) {
		if (!this.rules.isEmpty()) {
			prune(root, "");
		}
	}

	private boolean prune(ContextFile directory, String prefix) {
		boolean anyKept = false;
		for (String name : directory.names()) {
			ContextFile child = directory.child(name);
			String path = prefix + Names.toText(name);
			boolean kept = child != null && child.isDirectory() && prune(child, path + "/");
			if (!kept && ignores(path)) {
				directory.remove(name);
			}
			else {
				anyKept = true;
			}
		}
		return anyKept;
	}

	/**
	 * One line.
	 *
	 * @param pattern fits the path, and all below it
	 * @param exception whether what fits is not ignored after all
	 */
	private record Rule(Pattern pattern, boolean exception) {

	}

}
