package dev.caisson.engine.tar;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.caisson.engine.tar.TarEntry.Extent;
import dev.caisson.engine.tar.TarEntry.Kind;

/**
 * Writes a tar archive in the pax format: what a ustar header cannot hold goes into an
 * extended header (pax(1)), names as the bytes they are; files with holes in GNU's sparse
 * format 1.0. The same entries make the same bytes. For one thread.
 */
public final class TarWriter implements AutoCloseable {

	private static final int BLOCK = TarHeader.SIZE;

	private static final int NAME_LENGTH = 100;

	/** What so many octal digits hold. */
	private static final long MOST_ID = 07777777L, MOST_SIZE = 077777777777L;

	private final OutputStream out;

	private int padding;

	/**
	 * @param out stays open
	 */
	public TarWriter(OutputStream out) {
		this.out = out;
	}

	/**
	 * Begins a member. Of a file, {@link TarEntry#stored} bytes have to be written next,
	 * the extents one after the other if there are any.
	 */
	public void put(TarEntry entry) throws IOException {
		List<Extent> extents = entry.extents();
		byte[] map = (extents != null) ? map(extents) : new byte[0];
		long size = (entry.kind() == Kind.FILE) ? map.length + entry.stored() : 0;
		Map<String, String> records = records(entry, size);
		if (!records.isEmpty()) {
			putRecords(records);
		}
		String name = (extents != null) ? "GNUSparseFile.0/" + entry.name() : entry.name();
		this.out.write(header(entry, name, type(entry.kind()), size));
		this.out.write(map);
		this.padding = padding(size);
	}

	/** Writes bytes of the member that was put last. */
	public void write(byte[] bytes, int length) throws IOException {
		this.out.write(bytes, 0, length);
	}

	/** Ends a file whose bytes have been written. */
	public void endFile() throws IOException {
		this.out.write(new byte[this.padding]);
		this.padding = 0;
	}

	private static int padding(long size) {
		return (int) ((BLOCK - size % BLOCK) % BLOCK);
	}

	private static byte[] map(List<Extent> extents) {
		StringBuilder lines = new StringBuilder().append(extents.size()).append('\n');
		extents.forEach((extent) -> lines.append(extent.offset()).append('\n').append(extent.length()).append('\n'));
		byte[] padded = new byte[lines.length() + padding(lines.length())];
		System.arraycopy(TarEntry.bytes(lines.toString()), 0, padded, 0, lines.length());
		return padded;
	}

	private static Map<String, String> records(TarEntry entry, long size) {
		Map<String, String> records = new TreeMap<>();
		if (entry.extents() != null) {
			records.put("GNU.sparse.major", "1");
			records.put("GNU.sparse.minor", "0");
			records.put("GNU.sparse.name", entry.name());
			records.put("GNU.sparse.realsize", Long.toString(entry.size()));
		}
		else if (!fits(entry.name())) {
			records.put("path", entry.name());
		}
		putUnless(records, "linkpath", entry.linkName(), fits(entry.linkName()));
		putUnless(records, "uid", Integer.toUnsignedString(entry.uid()), unsigned(entry.uid()) <= MOST_ID);
		putUnless(records, "gid", Integer.toUnsignedString(entry.gid()), unsigned(entry.gid()) <= MOST_ID);
		putUnless(records, "size", Long.toString(size), size <= MOST_SIZE);
		boolean plainTime = entry.modifiedNanos() == 0 && entry.modifiedSeconds() >= 0
				&& entry.modifiedSeconds() <= MOST_SIZE;
		putUnless(records, "mtime", time(entry), plainTime);
		entry.attributes().forEach((key, value) -> records.put("SCHILY.xattr." + key, value));
		return records;
	}

	private static void putUnless(Map<String, String> records, String key, String value, boolean fits) {
		if (!fits) {
			records.put(key, value);
		}
	}

	private static long unsigned(int id) {
		return id & 0xffffffffL;
	}

	private static boolean fits(String name) {
		return name.length() <= NAME_LENGTH && name.chars().allMatch((c) -> c > 0 && c < 0x80);
	}

	/** Decimal, and a negative one counts its fraction away from zero. */
	private static String time(TarEntry entry) {
		long seconds = entry.modifiedSeconds();
		int nanos = entry.modifiedNanos();
		if (nanos == 0) {
			return Long.toString(seconds);
		}
		boolean negative = seconds < 0;
		long whole = negative ? -(seconds + 1) : seconds;
		int fraction = negative ? 1_000_000_000 - nanos : nanos;
		String digits = String.format("%09d", fraction).replaceAll("0+$", "");
		return (negative ? "-" : "") + whole + "." + digits;
	}

	private void putRecords(Map<String, String> records) throws IOException {
		StringBuilder text = new StringBuilder();
		records.forEach((key, value) -> text.append(record(key, value)));
		TarEntry header = new TarEntry(Kind.FILE, "PaxHeaders.0/extended", "", 0644, 0, 0, text.length(), text.length(),
				0, 0, 0, 0, Map.of(), null);
		this.out.write(header(header, header.name(), 'x', text.length()));
		this.out.write(TarEntry.bytes(text.toString()));
		this.out.write(new byte[padding(text.length())]);
	}

	/** The length in front counts itself. */
	private static String record(String key, String value) {
		int rest = key.length() + value.length() + 3;
		int length = rest + Integer.toString(rest).length();
		if (rest + Integer.toString(length).length() != length) {
			length++;
		}
		return length + " " + key + "=" + value + "\n";
	}

	private static char type(Kind kind) {
		return switch (kind) {
			case FILE -> '0';
			case HARD_LINK -> '1';
			case SYMBOLIC_LINK -> '2';
			case CHARACTER_DEVICE -> '3';
			case BLOCK_DEVICE -> '4';
			case DIRECTORY -> '5';
			case FIFO -> '6';
		};
	}

	private static byte[] header(TarEntry entry, String name, char type, long size) {
		byte[] block = new byte[BLOCK];
		text(block, 0, NAME_LENGTH, name);
		octal(block, 100, 8, entry.mode());
		octal(block, 108, 8, fitting(unsigned(entry.uid()), MOST_ID));
		octal(block, 116, 8, fitting(unsigned(entry.gid()), MOST_ID));
		octal(block, 124, 12, fitting(size, MOST_SIZE));
		octal(block, 136, 12, fitting(entry.modifiedSeconds(), MOST_SIZE));
		block[156] = (byte) type;
		text(block, 157, NAME_LENGTH, entry.linkName());
		text(block, 257, 8, "ustar\0" + "00");
		octal(block, 329, 8, entry.major());
		octal(block, 337, 8, entry.minor());
		text(block, 148, 8, "        ");
		int sum = 0;
		for (byte b : block) {
			sum += b & 0xff;
		}
		octal(block, 148, 7, sum);
		return block;
	}

	/** Readers that know extended headers do not look here. */
	private static long fitting(long value, long most) {
		return (value < 0 || value > most) ? 0 : value;
	}

	private static void text(byte[] block, int offset, int length, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
		System.arraycopy(bytes, 0, block, offset, Math.min(length, bytes.length));
	}

	/** Digits and a zero byte. */
	private static void octal(byte[] block, int offset, int length, long value) {
		long rest = value;
		for (int i = length - 2; i >= 0; i--) {
			block[offset + i] = (byte) ('0' + (rest & 7));
			rest >>= 3;
		}
		block[offset + length - 1] = 0;
	}

	/** An entry that means something by its name alone. */
	static TarEntry bare(Kind kind, String name) {
		return new TarEntry(kind, name, "", 0600, 0, 0, 0, 0, 0, 0, 0, 0, Map.of(), null);
	}

	/** Writes the end of the archive: two blocks of zeros. */
	@Override
	public void close() throws IOException {
		this.out.write(new byte[2 * BLOCK]);
	}

}
