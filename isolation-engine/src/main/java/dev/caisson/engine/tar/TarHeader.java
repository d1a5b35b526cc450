package dev.caisson.engine.tar;

import java.nio.charset.StandardCharsets;

/**
 * The fields of one 512-byte header block, of the old, the ustar and the GNU kind
 * (tar(5)).
 *
 * @param block the array it is in
 * @param at where it begins
 */
public record TarHeader(byte[] block, int at) {

	/** Bytes of a block. */
	public static final int SIZE = 512;

	/** Whether the checksum fits; some old writers summed signed characters. */
	public boolean isValid() {
		long unsigned = 0;
		long signed = 0;
		for (int i = 0; i < SIZE; i++) {
			byte b = (i >= 148 && i < 156) ? (byte) ' ' : this.block[this.at + i];
			unsigned += b & 0xff;
			signed += b;
		}
		long declared = isNumber(148, 8) ? number(148, 8) : -1;
		return declared == unsigned || declared == signed;
	}

	/** Whether the block is all zeros: two of them end an archive. */
	public boolean isZero() {
		for (int i = 0; i < SIZE; i++) {
			if (this.block[this.at + i] != 0) {
				return false;
			}
		}
		return true;
	}

	char type() {
		return (char) (this.block[this.at + 156] & 0xff);
	}

	String name() {
		String name = text(0, 100);
		String prefix = isUstar() ? text(345, 155) : "";
		return prefix.isEmpty() ? name : prefix + "/" + name;
	}

	/** POSIX writes "ustar\0"; GNU writes "ustar " and uses the prefix otherwise. */
	private boolean isUstar() {
		return this.block[this.at + 262] == 0 && text(257, 5).equals("ustar");
	}

	String linkName() {
		return text(157, 100);
	}

	String text(int offset, int length) {
		int end = 0;
		while (end < length && this.block[this.at + offset + end] != 0) {
			end++;
		}
		return new String(this.block, this.at + offset, end, StandardCharsets.ISO_8859_1);
	}

	/** Octal digits, or with the highest bit set a big-endian number of base 256. */
	long number(int offset, int length) {
		return ((this.block[this.at + offset] & 0x80) != 0) ? binary(offset, length) : octal(offset, length);
	}

	private long binary(int offset, int length) {
		boolean negative = (this.block[this.at + offset] & 0x40) != 0;
		long value = negative ? -1 : 0;
		for (int i = 0; i < length; i++) {
			int b = this.block[this.at + offset + i] & 0xff;
			if (i == 0) {
				b = negative ? b : b & 0x7f;
			}
			long shifted = (value << 8) | b;
			if (shifted >> 8 != value) {
				throw new InvalidTarException("tar header: number too large");
			}
			value = shifted;
		}
		return value;
	}

	private long octal(int offset, int length) {
		if (!isNumber(offset, length)) {
			throw new InvalidTarException("tar header: not a number: " + TarEntry.show(text(offset, length)));
		}
		String digits = text(offset, length).strip();
		return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
	}

	private boolean isNumber(int offset, int length) {
		if ((this.block[this.at + offset] & 0x80) != 0) {
			return true;
		}
		String digits = text(offset, length).strip();
		return digits.chars().allMatch((c) -> c >= '0' && c <= '7');
	}

}
