package dev.caisson.engine.tar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The records of an extended header, {@code length key=value\n} (pax(1)). A key that
 * occurs twice has its last value, but for GNU's first sparse format, in which the order
 * matters. Values are bytes.
 */
final class PaxRecords {

	private static final String ATTRIBUTE = "SCHILY.xattr.";

	private static final int LENGTH_DIGITS = 10;

	static final PaxRecords NONE = new PaxRecords();

	private final Map<String, String> values = new HashMap<>();

	/** Offsets and lengths in turn, of sparse format 0.0. */
	private final List<String> sparse = new ArrayList<>();

	private PaxRecords() {
	}

	static PaxRecords parse(byte[] bytes) {
		PaxRecords records = new PaxRecords();
		int at = 0;
		while (at < bytes.length) {
			int space = at;
			while (space < bytes.length && space - at < LENGTH_DIGITS && bytes[space] >= '0' && bytes[space] <= '9') {
				space++;
			}
			if (space == at || space >= bytes.length || bytes[space] != ' ') {
				throw malformed();
			}
			long length = Long.parseLong(new String(bytes, at, space - at, StandardCharsets.US_ASCII));
			long end = at + length;
			if (end > bytes.length || end - 1 <= space || bytes[(int) end - 1] != '\n') {
				throw malformed();
			}
			records.add(new String(bytes, space + 1, (int) end - space - 2, StandardCharsets.ISO_8859_1));
			at = (int) end;
		}
		return records;
	}

	private void add(String record) {
		int equals = record.indexOf('=');
		if (equals <= 0) {
			throw malformed();
		}
		String key = record.substring(0, equals);
		String value = record.substring(equals + 1);
		if (!key.startsWith(ATTRIBUTE) && value.indexOf('\0') >= 0) {
			throw malformed();
		}
		if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
			this.sparse.add(value);
		}
		this.values.put(key, value);
	}

	private static InvalidTarException malformed() {
		return new InvalidTarException("tar: malformed extended header");
	}

	@Nullable String text(String key) {
		return this.values.get(key);
	}

	/** A text; an empty value means that the record is deleted. */
	String text(String key, String otherwise) {
		String value = this.values.get(key);
		return (value == null || value.isEmpty()) ? otherwise : value;
	}

	long number(String key, long otherwise) {
		String value = this.values.get(key);
		return (value == null || value.isEmpty()) ? otherwise : number(value);
	}

	static long number(String value) {
		try {
			return Long.parseLong(value);
		}
		catch (NumberFormatException ex) {
			throw new InvalidTarException("tar: not a number: " + TarEntry.show(value), ex);
		}
	}

	/** Extended attributes by their name. */
	Map<String, String> attributes() {
		Map<String, String> found = new HashMap<>();
		this.values.forEach((key, value) -> {
			if (key.startsWith(ATTRIBUTE)) {
				found.put(key.substring(ATTRIBUTE.length()), value);
			}
		});
		return found.isEmpty() ? Map.of() : found;
	}

	/**
	 * Offsets and lengths in turn, or null if it is no sparse file of format 0.0 or 0.1.
	 */
	@Nullable List<Long> sparseNumbers() {
		String map = this.values.get("GNU.sparse.map");
		List<String> texts = (map != null) ? List.of(map.split(",", -1)) : this.sparse;
		boolean declared = this.values.containsKey("GNU.sparse.numblocks");
		return (declared || !texts.isEmpty())
				? texts.stream().filter((t) -> !t.isEmpty()).map(PaxRecords::number).toList() : null;
	}

	/** Whether the map of a sparse file is in front of its data: format 1.0. */
	boolean hasSparseMapInData() {
		return "1".equals(this.values.get("GNU.sparse.major")) && "0".equals(this.values.get("GNU.sparse.minor"));
	}

}
