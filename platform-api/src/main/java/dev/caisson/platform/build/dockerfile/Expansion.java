package dev.caisson.platform.build.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Replaces variables in a word and takes its quotes and escapes away, by the rules of the
 * Dockerfile reference, "Environment replacement", which are those of a shell without
 * commands and arithmetic.
 */
public final class Expansion {

	private static final String SPECIAL = "@*#?-$!0";

	private final char escape;

	private final Function<String, @Nullable String> variables;

	/**
	 * @param variables answers a variable's value, or null if it is not set
	 */
	public Expansion(char escape, Function<String, @Nullable String> variables) {
		this.escape = escape;
		this.variables = variables;
	}

	/**
	 * One word, whatever blanks the values have.
	 * @throws IllegalArgumentException if it is malformed
	 */
	public String word(String text) {
		return new Reading(text, false).all();
	}

	/**
	 * Text of which only variables are replaced, as that of a heredoc.
	 * @throws IllegalArgumentException if it is malformed
	 */
	public String text(String text) {
		return new Reading(text, true).all();
	}

	/**
	 * The words that a word has become: blanks of unquoted values divide it.
	 * @throws IllegalArgumentException if it is malformed
	 */
	public List<String> words(List<String> texts) {
		List<String> all = new ArrayList<>();
		for (String text : texts) {
			if (text.indexOf('"') >= 0 || text.indexOf('\'') >= 0) {
				all.add(word(text));
			}
			else {
				for (String part : word(text).split("\\s+")) {
					if (!part.isEmpty()) {
						all.add(part);
					}
				}
			}
		}
		return all;
	}

	/** One pass over a text. */
	private final class Reading {

		private final String text;

		private final boolean raw;

		private int at;

		Reading(String text, boolean raw) {
			this.text = text;
			this.raw = raw;
		}

		String all() {
			return until('\0');
		}

		private boolean more() {
			return this.at < this.text.length();
		}

		/** Up to, and past, an unquoted character; to the end for NUL. */
		private String until(char end) {
			StringBuilder out = new StringBuilder();
			while (more()) {
				char c = this.text.charAt(this.at);
				if (end != '\0' && c == end) {
					this.at++;
					return out.toString();
				}
				step(c, out);
			}
			if (end != '\0') {
				throw malformed("unexpected end of statement while looking for matching '" + end + "'");
			}
			return out.toString();
		}

		private void step(char c, StringBuilder out) {
			if (c == '$') {
				out.append(variable());
			}
			else if (c == '\'' && !this.raw) {
				out.append(singleQuoted());
			}
			else if (c == '"' && !this.raw) {
				this.at++;
				doubleQuoted(out);
			}
			else if (c == Expansion.this.escape) {
				escaped(out);
			}
			else {
				out.append(c);
				this.at++;
			}
		}

		private void escaped(StringBuilder out) {
			this.at++;
			if (!more()) {
				// a lone escape at the end means nothing
				return;
			}
			char c = this.text.charAt(this.at++);
			if (this.raw && c != '$' && c != Expansion.this.escape) {
				out.append(Expansion.this.escape);
			}
			out.append(c);
		}

		private String singleQuoted() {
			int end = this.text.indexOf('\'', this.at + 1);
			if (end < 0) {
				throw malformed("unexpected end of statement while looking for matching single-quote");
			}
			String content = this.text.substring(this.at + 1, end);
			this.at = end + 1;
			return content;
		}

		private void doubleQuoted(StringBuilder out) {
			while (more()) {
				char c = this.text.charAt(this.at);
				if (c == '"') {
					this.at++;
					return;
				}
				if (c == '$') {
					out.append(variable());
				}
				else if (c == Expansion.this.escape && this.at + 1 < this.text.length()) {
					char next = this.text.charAt(this.at + 1);
					if (next != '"' && next != '$' && next != Expansion.this.escape) {
						out.append(c);
					}
					out.append(next);
					this.at += 2;
				}
				else {
					out.append(c);
					this.at++;
				}
			}
			throw malformed("unexpected end of statement while looking for matching double-quote");
		}

		private String variable() {
			this.at++;
			if (!more()) {
				return "$";
			}
			if (this.text.charAt(this.at) == '{') {
				this.at++;
				return braced();
			}
			String name = name();
			return name.isEmpty() ? "$" : value(name);
		}

		private String name() {
			int start = this.at;
			if (!more()) {
				return "";
			}
			char first = this.text.charAt(this.at);
			if (isLetter(first)) {
				while (more() && (isLetter(this.text.charAt(this.at)) || isDigit(this.text.charAt(this.at)))) {
					this.at++;
				}
			}
			else if (isDigit(first)) {
				while (more() && isDigit(this.text.charAt(this.at))) {
					this.at++;
				}
			}
			else if (SPECIAL.indexOf(first) >= 0) {
				this.at++;
			}
			return this.text.substring(start, this.at);
		}

		private String value(String name) {
			String value = Expansion.this.variables.apply(name);
			return (value != null) ? value : "";
		}

		private String braced() {
			String name = name();
			if (!more()) {
				throw malformed("syntax error: missing '}'");
			}
			if (name.isEmpty()) {
				throw malformed("bad substitution");
			}
			char c = this.text.charAt(this.at++);
			String value = Expansion.this.variables.apply(name);
			return switch (c) {
				case '}' -> value(name);
				case ':' -> {
					if (!more()) {
						throw malformed("syntax error: missing modifier");
					}
					yield modified(name, (value != null && value.isEmpty()) ? null : value,
							this.text.charAt(this.at++));
				}
				case '-', '+', '?' -> modified(name, value, c);
				case '#', '%' -> trimmed(value(name), c);
				case '/' -> replaced(value(name));
				default -> throw malformed("unsupported modifier (" + c + ") in substitution");
			};
		}

		private String modified(String name, @Nullable String value, char modifier) {
			String word = until('}');
			return switch (modifier) {
				case '-' -> (value != null) ? value : word;
				case '+' -> (value != null) ? word : "";
				case '?' -> {
					if (value == null) {
						throw malformed(name + ": " + (word.isEmpty() ? "is not allowed to be unset" : word));
					}
					yield value;
				}
				default -> throw malformed("unsupported modifier (" + modifier + ") in substitution");
			};
		}

		private String trimmed(String value, char side) {
			boolean longest = more() && this.text.charAt(this.at) == side;
			if (longest) {
				this.at++;
			}
			String pattern = until('}');
			return (side == '#') ? ShellPattern.withoutPrefix(value, pattern, longest)
					: ShellPattern.withoutSuffix(value, pattern, longest);
		}

		private String replaced(String value) {
			boolean all = more() && this.text.charAt(this.at) == '/';
			if (all) {
				this.at++;
			}
			String pattern = until('/');
			return ShellPattern.replace(value, pattern, until('}'), all);
		}

		private IllegalArgumentException malformed(String why) {
			return new IllegalArgumentException("failed to process \"" + this.text + "\": " + why);
		}

		private static boolean isLetter(char c) {
			return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		}

		private static boolean isDigit(char c) {
			return c >= '0' && c <= '9';
		}

	}

}
