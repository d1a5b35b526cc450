package dev.caisson.persistence.audit;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * JSON of which there is only one form: that of RFC 8785, but numbers are integers of 64
 * bits, exact. Members stand in the order of their names' UTF-16 code units, there is no
 * white space, and only what must be is escaped.
 */
public final class CanonicalJson {

	private static final String[] SHORT = { "\\b", "\\t", "\\n", null, "\\f", "\\r" };

	private CanonicalJson() {
	}

	/**
	 * Writes a value: a Map by strings, a Collection, a String, an Integer, a Long, a
	 * Boolean or null.
	 * @throws IllegalArgumentException if it is anything else
	 */
	public static String write(@Nullable Object value) {
		StringBuilder text = new StringBuilder(512);
		write(value, text);
		return text.toString();
	}

	private static void write(@Nullable Object value, StringBuilder text) {
		switch (value) {
			case null -> text.append("null");
			case String string -> writeString(string, text);
			case Map<?, ?> map -> writeObject(map, text);
			case Collection<?> collection -> writeArray(collection, text);
			case Boolean flag -> text.append(flag.booleanValue());
			case Integer number -> text.append(number.intValue());
			case Long number -> text.append(number.longValue());
			default -> throw new IllegalArgumentException("a record cannot hold a " + value.getClass().getName());
		}
	}

	private static void writeObject(Map<?, ?> map, StringBuilder text) {
		Map<String, @Nullable Object> sorted = new TreeMap<>();
		map.forEach((name, value) -> sorted.put((String) name, value));
		char separator = '{';
		for (Map.Entry<String, @Nullable Object> member : sorted.entrySet()) {
			text.append(separator);
			writeString(member.getKey(), text);
			text.append(':');
			write(member.getValue(), text);
			separator = ',';
		}
		text.append((separator == '{') ? "{}" : "}");
	}

	private static void writeArray(Collection<?> elements, StringBuilder text) {
		char separator = '[';
		for (Object element : elements) {
			text.append(separator);
			write(element, text);
			separator = ',';
		}
		text.append((separator == '[') ? "[]" : "]");
	}

	private static void writeString(String string, StringBuilder text) {
		text.append('"');
		for (int i = 0; i < string.length(); i++) {
			char each = string.charAt(i);
			if (each == '"' || each == '\\') {
				text.append('\\').append(each);
			}
			else if (each < ' ') {
				writeControl(each, text);
			}
			else if (Character.isSurrogate(each) && !isPaired(string, i)) {
				// half a character has no UTF-8
				text.append('\ufffd');
			}
			else {
				text.append(each);
			}
		}
		text.append('"');
	}

	private static void writeControl(char control, StringBuilder text) {
		String escape = (control >= '\b' && control <= '\r') ? SHORT[control - '\b'] : null;
		text.append((escape != null) ? escape : String.format("\\u%04x", (int) control));
	}

	private static boolean isPaired(String string, int index) {
		return Character.isHighSurrogate(string.charAt(index))
				? index + 1 < string.length() && Character.isLowSurrogate(string.charAt(index + 1))
				: index > 0 && Character.isHighSurrogate(string.charAt(index - 1));
	}

	/**
	 * Reads what {@link #write} has written: objects as Map, arrays as List, numbers as
	 * Long.
	 * @throws IllegalArgumentException if it is any other text
	 */
	public static @Nullable Object read(String text) {
		JsonReader reader = new JsonReader(text);
		Object value = reader.value(0);
		if (!reader.isAtEnd() || !write(value).equals(text)) {
			throw new IllegalArgumentException("not in the canonical form");
		}
		return value;
	}

}
