package dev.caisson.engine.container;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes log entries in the form of Docker's json-file driver:
 *
 * <pre>
 * {"log":"text\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}
 * </pre>
 *
 * JSON has no place for bytes that are not UTF-8. As in Docker's files each of them is
 * written as U+FFFD; but such an entry has one more member, {@code raw}, with its bytes
 * in Base64, which other readers skip. Not thread-safe.
 */
final class LogEncoder {

	/** Most bytes of one entry, with its newline; as Docker splits long lines. */
	static final int LONGEST = 16 << 10;

	/** What an entry can take at most: every byte escaped, and all of them in Base64. */
	private static final int LARGEST_ENTRY = 6 * LONGEST + 4 * (LONGEST / 3 + 1) + 256;

	private static final byte[] BEGIN = ascii("{\"log\":\"");

	private static final byte[] RAW = ascii("\",\"raw\":\"");

	private static final byte[] REPLACEMENT = ascii("\\ufffd");

	private static final byte[] HEX = ascii("0123456789abcdef");

	private static final byte[][] STREAM = { {}, ascii("\",\"stream\":\"stdout\""), ascii("\",\"stream\":\"stderr\"") };

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'")
		.withZone(ZoneOffset.UTC);

	/** What is written as it is. Docker escapes the three of HTML, too. */
	private static final boolean[] PLAIN = new boolean[256];

	static {
		Arrays.fill(PLAIN, 0x20, 0x80, true);
		for (char special : "\"\\<>&".toCharArray()) {
			PLAIN[special] = false;
		}
	}

	private final byte[] out;

	private int length;

	private byte[] time = {};

	/** Room for at least one entry. */
	LogEncoder(int capacity) {
		this.out = new byte[capacity + LARGEST_ENTRY];
	}

	/** Starts anew with a time for all entries to come. */
	void reset(Instant now) {
		this.time = ascii(",\"time\":\"" + TIME.format(now) + "\"}\n");
		this.length = 0;
	}

	void clear() {
		this.length = 0;
	}

	byte[] bytes() {
		return this.out;
	}

	int length() {
		return this.length;
	}

	/** Whether another entry may not fit. */
	boolean isFull() {
		return this.length + LARGEST_ENTRY > this.out.length;
	}

	/**
	 * Where the entry that begins at a place ends: behind its newline; or before a longer
	 * line's 16 KB are full, but not within a character.
	 * @param last whether no more bytes will come
	 * @return -1 if the line is not complete
	 */
	static int endOfEntry(byte[] in, int from, int to, boolean last) {
		int most = Math.min(to, from + LONGEST);
		for (int i = from; i < most; i++) {
			if (in[i] == '\n') {
				return i + 1;
			}
		}
		if (most < from + LONGEST) {
			return (last && most > from) ? most : -1;
		}
		return most - incompleteCharacter(in, most);
	}

	/** How many bytes before a place belong to a character that goes beyond it. */
	private static int incompleteCharacter(byte[] in, int end) {
		for (int back = 1; back <= 3; back++) {
			int value = in[end - back] & 0xff;
			if (value >= 0xc0) {
				int size = (value >= 0xf0) ? 4 : (value >= 0xe0) ? 3 : 2;
				return (back < size) ? back : 0;
			}
			if (value < 0x80) {
				return 0;
			}
		}
		return 0;
	}

	void entry(byte[] in, int from, int to, int stream) {
		append(BEGIN);
		boolean faithful = text(in, from, to);
		if (!faithful) {
			append(RAW);
			append(Base64.getEncoder().encode(Arrays.copyOfRange(in, from, to)));
		}
		append(STREAM[stream]);
		append(this.time);
	}

	private boolean text(byte[] in, int from, int to) {
		byte[] target = this.out;
		int at = this.length;
		int i = from;
		boolean faithful = true;
		while (i < to) {
			byte next = in[i];
			if (PLAIN[next & 0xff]) {
				target[at++] = next;
				i++;
				continue;
			}
			this.length = at;
			if (next >= 0) {
				escape(next);
				i++;
			}
			else {
				int size = characterSize(in, i, to);
				faithful &= size > 0;
				character(in, i, size);
				i += Math.max(size, 1);
			}
			at = this.length;
		}
		this.length = at;
		return faithful;
	}

	private void escape(byte value) {
		switch (value) {
			case '\n' -> shortEscape('n');
			case '\r' -> shortEscape('r');
			case '"' -> shortEscape('"');
			case '\\' -> shortEscape('\\');
			default -> unicodeEscape(value);
		}
	}

	private void shortEscape(char letter) {
		this.out[this.length++] = '\\';
		this.out[this.length++] = (byte) letter;
	}

	private void unicodeEscape(int value) {
		shortEscape('u');
		for (int shift = 12; shift >= 0; shift -= 4) {
			this.out[this.length++] = HEX[(value >> shift) & 0xf];
		}
	}

	private void character(byte[] in, int at, int size) {
		if (size == 0) {
			append(REPLACEMENT);
		}
		else if (size == 3 && in[at] == (byte) 0xe2 && in[at + 1] == (byte) 0x80
				&& (in[at + 2] == (byte) 0xa8 || in[at + 2] == (byte) 0xa9)) {
			// the line separators that JavaScript knows and JSON does not
			unicodeEscape(0x2000 | (in[at + 2] & 0x3f));
		}
		else {
			System.arraycopy(in, at, this.out, this.length, size);
			this.length += size;
		}
	}

	/** The bytes of a character that is not ASCII; 0 if it is not UTF-8 (RFC 3629). */
	private static int characterSize(byte[] in, int at, int to) {
		int first = in[at] & 0xff;
		int size = (first >= 0xc2 && first < 0xe0) ? 2
				: (first >= 0xe0 && first < 0xf0) ? 3 : (first >= 0xf0 && first < 0xf5) ? 4 : 0;
		if (size == 0 || at + size > to) {
			return 0;
		}
		int second = in[at + 1] & 0xff;
		boolean right = switch (first) {
			case 0xe0 -> second >= 0xa0; // shorter forms exist
			case 0xed -> second < 0xa0; // surrogates
			case 0xf0 -> second >= 0x90;
			case 0xf4 -> second < 0x90; // above U+10FFFF
			default -> true;
		};
		for (int i = 1; right && i < size; i++) {
			right = isContinuation(in[at + i]);
		}
		return right ? size : 0;
	}

	private static boolean isContinuation(byte value) {
		return (value & 0xc0) == 0x80;
	}

	private void append(byte[] bytes) {
		System.arraycopy(bytes, 0, this.out, this.length, bytes.length);
		this.length += bytes.length;
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
