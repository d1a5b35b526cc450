package dev.caisson.platform.build.source;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Patterns of file names: {@code *}, {@code ?}, {@code [a-z]}, and {@code \} to escape.
 */
final class GlobPattern {

	private GlobPattern() {
	}

	/** Whether anything in it is more than a name. */
	static boolean isPattern(String text) {
		return text.matches("(?s).*[*?\\[\\\\].*");
	}

	/**
	 * A pattern for whole paths, no part of which goes beyond a slash.
	 * @throws CopyException if it is malformed
	 */
	static Pattern compile(String text) {
		try {
			return Pattern.compile(regex(text, false), Pattern.DOTALL);
		}
		catch (PatternSyntaxException ex) {
			throw new CopyException("syntax error in pattern: " + text);
		}
	}

	/**
	 * The same as a regular expression.
	 * @param anyDepth whether {@code **} stands for any number of directories
	 */
	static String regex(String text, boolean anyDepth) {
		StringBuilder regex = new StringBuilder();
		int at = 0;
		while (at < text.length()) {
			char c = text.charAt(at);
			if (c == '*' && anyDepth && text.startsWith("**", at)) {
				boolean slash = text.startsWith("**/", at);
				regex.append(slash ? "(.*/)?" : ".*");
				at += slash ? 3 : 2;
			}
			else if (c == '[') {
				at = set(text, at, regex);
			}
			else {
				at += (c == '\\' && at + 1 < text.length()) ? literal(text.charAt(at + 1), regex) + 1
						: single(c, regex);
			}
		}
		return regex.toString();
	}

	private static int single(char c, StringBuilder regex) {
		switch (c) {
			case '*' -> regex.append("[^/]*");
			case '?' -> regex.append("[^/]");
			default -> literal(c, regex);
		}
		return 1;
	}

	private static int literal(char c, StringBuilder regex) {
		regex.append(Pattern.quote(String.valueOf(c)));
		return 1;
	}

	private static int set(String text, int start, StringBuilder regex) {
		int end = text.indexOf(']', start + 2);
		if (end < 0) {
			throw new PatternSyntaxException("missing ]", text, start);
		}
		String inside = text.substring(start + 1, end);
		regex.append("[").append(inside.replace("[", "\\[").replace("&&", "&\\&")).append("]");
		return end + 1;
	}

}
