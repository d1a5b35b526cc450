package dev.caisson.platform.build.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** Splits text into words at blanks that are neither quoted nor escaped. */
final class Words {

	private Words() {
	}

	/** All words, quotes and escapes still in them. */
	static List<String> split(String text, char escape) {
		List<String> words = new ArrayList<>();
		String rest = text.strip();
		while (!rest.isEmpty()) {
			String word = first(rest, escape);
			words.add(word);
			rest = rest.substring(word.length()).strip();
		}
		return words;
	}

	/** The first word of a text that begins with one. */
	static String first(String text, char escape) {
		char quote = 0;
		int at = 0;
		while (at < text.length()) {
			char c = text.charAt(at);
			if (quote == 0 && Character.isWhitespace(c)) {
				break;
			}
			if (c == escape && quote != '\'') {
				at++;
			}
			else if (quote == 0 && (c == '\'' || c == '"')) {
				quote = c;
			}
			else if (c == quote) {
				quote = 0;
			}
			at++;
		}
		return text.substring(0, Math.min(at, text.length()));
	}

}
