package dev.caisson.platform.build.dockerfile;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Patterns of a shell, of {@code *} and {@code ?}, in substitutions of variables. */
final class ShellPattern {

	private ShellPattern() {
	}

	static String withoutPrefix(String value, String pattern, boolean longest) {
		Matcher matcher = Pattern.compile("^" + regex(pattern, longest), Pattern.DOTALL).matcher(value);
		return matcher.find() ? value.substring(matcher.end()) : value;
	}

	/** Suffixes are prefixes of what is read backwards. */
	static String withoutSuffix(String value, String pattern, boolean longest) {
		String reversed = new StringBuilder(value).reverse().toString();
		String backwards = new StringBuilder(pattern).reverse().toString();
		return new StringBuilder(withoutPrefix(reversed, backwards, longest)).reverse().toString();
	}

	static String replace(String value, String pattern, String replacement, boolean all) {
		Matcher matcher = Pattern.compile(regex(pattern, true), Pattern.DOTALL).matcher(value);
		String literal = Matcher.quoteReplacement(replacement);
		return all ? matcher.replaceAll(literal) : matcher.replaceFirst(literal);
	}

	private static String regex(String pattern, boolean longest) {
		StringBuilder regex = new StringBuilder();
		for (char c : pattern.toCharArray()) {
			regex.append(switch (c) {
				case '*' -> longest ? ".*" : ".*?";
				case '?' -> ".";
				default -> Pattern.quote(String.valueOf(c));
			});
		}
		return regex.toString();
	}

}
