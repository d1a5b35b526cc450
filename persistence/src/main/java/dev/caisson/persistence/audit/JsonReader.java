package dev.caisson.persistence.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads canonical JSON. It takes a little more than that, because whoever calls it
 * compares what it read, written again, with the text.
 */
final class JsonReader {

	/** Deeper than any record; hostile text must not use up the stack. */
	private static final int DEEPEST = 64;

	private final String text;

	private int at;

	JsonReader(String text) {
		this.text = text;
	}

	boolean isAtEnd() {
		return this.at == this.text.length();
	}

	@Nullable Object value(int depth) {
		if (depth > DEEPEST) {
			throw malformed();
		}
		return switch (peek()) {
			case '{' -> object(depth);
			case '[' -> array(depth);
			case '"' -> string();
			case 't' -> word("true", Boolean.TRUE);
			case 'f' -> word("false", Boolean.FALSE);
			case 'n' -> word("null", null);
			default -> number();
		};
	}

	private Map<String, @Nullable Object> object(int depth) {
		Map<String, @Nullable Object> members = new LinkedHashMap<>();
		expect('{');
		if (accept('}')) {
			return members;
		}
		do {
			String name = string();
			expect(':');
			members.put(name, value(depth + 1));
		}
		while (accept(','));
		expect('}');
		return members;
	}

	private List<@Nullable Object> array(int depth) {
		List<@Nullable Object> elements = new ArrayList<>();
		expect('[');
		if (accept(']')) {
			return elements;
		}
		do {
			elements.add(value(depth + 1));
		}
		while (accept(','));
		expect(']');
		return elements;
	}

	private String string() {
		expect('"');
		StringBuilder string = new StringBuilder();
		for (char each = next(); each != '"'; each = next()) {
			string.append((each == '\\') ? escaped() : each);
		}
		return string.toString();
	}

	private char escaped() {
		char code = next();
		return switch (code) {
			case 'b' -> '\b';
			case 't' -> '\t';
			case 'n' -> '\n';
			case 'f' -> '\f';
			case 'r' -> '\r';
			case '"', '\\' -> code;
			case 'u' -> unicode();
			default -> throw malformed();
		};
	}

	private char unicode() {
		if (this.at + 4 > this.text.length()) {
			throw malformed();
		}
		this.at += 4;
		return (char) Integer.parseInt(this.text.substring(this.at - 4, this.at), 16);
	}

	private Long number() {
		int begin = this.at;
		while (!isAtEnd() && (peek() == '-' || Character.isDigit(peek()))) {
			this.at++;
		}
		return Long.valueOf(this.text.substring(begin, this.at));
	}

	private @Nullable Boolean word(String word, @Nullable Boolean value) {
		if (!this.text.startsWith(word, this.at)) {
			throw malformed();
		}
		this.at += word.length();
		return value;
	}

	private char peek() {
		if (isAtEnd()) {
			throw malformed();
		}
		return this.text.charAt(this.at);
	}

	private char next() {
		char each = peek();
		this.at++;
		return each;
	}

	private boolean accept(char expected) {
		boolean there = peek() == expected;
		this.at += there ? 1 : 0;
		return there;
	}

	private void expect(char expected) {
		if (!accept(expected)) {
			throw malformed();
		}
	}

	private IllegalArgumentException malformed() {
		return new IllegalArgumentException("not JSON at character " + this.at);
	}

}
