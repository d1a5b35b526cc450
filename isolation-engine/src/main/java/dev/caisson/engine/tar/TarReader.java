package dev.caisson.engine.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.tar.TarEntry.Extent;

/**
 * Reads a tar archive of any kind in one pass: ustar, pax, GNU, old; with names as bytes,
 * which a reader that decodes them would change. Formats: tar(5), pax(1), and "Storing
 * Sparse Files" of the GNU tar manual. For one thread.
 */
public final class TarReader {

	private static final int BUFFER = 256 * 1024;

	private final InputStream in;

	private final int maxHeaderBytes;

	private final Sink framing;

	private final byte[] buffer = new byte[BUFFER];

	private int position;

	private int limit;

	/** Bytes of the current member that are still in the stream. */
	private long remaining;

	/** Zeros behind the current member, up to a whole block. */
	private int padding;

	public TarReader(InputStream in, int maxHeaderBytes) {
		this(in, maxHeaderBytes, (bytes, offset, length) -> {
		});
	}

	/**
	 * A reader that also hands on, in order, all bytes of the archive but those that are
	 * transferred as the content of members.
	 */
	public TarReader(InputStream in, int maxHeaderBytes, Sink framing) {
		this.in = in;
		this.maxHeaderBytes = maxHeaderBytes;
		this.framing = framing;
	}

	/** The next member, or null at the end of the archive. */
	public @Nullable TarEntry next() throws IOException {
		finish();
		PaxRecords pax = PaxRecords.NONE;
		String longName = "";
		String longLink = "";
		while (true) {
			TarHeader header = header();
			if (header == null) {
				return null;
			}
			switch (header.type()) {
				case 'x' -> pax = PaxRecords.parse(extension(header));
				case 'g' -> extension(header);
				case 'L' -> longName = text(extension(header));
				case 'K' -> longLink = text(extension(header));
				default -> {
					return member(header, pax, longName, longLink);
				}
			}
		}
	}

	/** The next header, copied, or null at the end, which a block of zeros marks. */
	private @Nullable TarHeader header() throws IOException {
		if (!require(TarHeader.SIZE)) {
			return null;
		}
		byte[] block = Arrays.copyOfRange(this.buffer, this.position, this.position + TarHeader.SIZE);
		pass(TarHeader.SIZE);
		TarHeader header = new TarHeader(block, 0);
		if (header.isZero()) {
			return null;
		}
		if (!header.isValid()) {
			throw new InvalidTarException("tar: header with a wrong checksum");
		}
		return header;
	}

	private byte[] extension(TarHeader header) throws IOException {
		long size = header.number(124, 12);
		if (size < 0 || size > this.maxHeaderBytes) {
			throw new InvalidTarException(
					"tar: extended header of " + size + " bytes, more than " + this.maxHeaderBytes);
		}
		begin(size);
		byte[] bytes = new byte[(int) size];
		readFully(bytes);
		finish();
		return bytes;
	}

	private static String text(byte[] bytes) {
		int end = 0;
		while (end < bytes.length && bytes[end] != 0) {
			end++;
		}
		return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
	}

	private TarEntry member(TarHeader header, PaxRecords pax, String longName, String longLink) throws IOException {
		String name = pax.text("path", longName.isEmpty() ? header.name() : longName);
		TarEntry.Kind kind = kind(header.type(), name);
		boolean file = kind == TarEntry.Kind.FILE;
		long stored = file ? nonNegative(pax.number("size", header.number(124, 12)), name) : 0;
		long size = stored;
		begin(stored);
		SparseMap map = file ? sparse(header, pax) : null;
		List<Extent> extents = null;
		if (map != null) {
			size = nonNegative(realSize(header, pax), name);
			stored = this.remaining;
			extents = map.checked(size, stored);
			name = pax.text("GNU.sparse.name", name);
		}
		Time modified = Time.of(pax.text("mtime"), header);
		boolean device = kind == TarEntry.Kind.CHARACTER_DEVICE || kind == TarEntry.Kind.BLOCK_DEVICE;
		return new TarEntry(kind, name, pax.text("linkpath", longLink.isEmpty() ? header.linkName() : longLink),
				(int) header.number(100, 8) & 07777, id(pax.number("uid", header.number(108, 8)), name),
				id(pax.number("gid", header.number(116, 8)), name), size, stored, modified.seconds, modified.nanos,
				device ? device(header.number(329, 8), 0xfff, name) : 0,
				device ? device(header.number(337, 8), 0xfffff, name) : 0, pax.attributes(), extents);
	}

	private static TarEntry.Kind kind(char type, String name) {
		return switch (type) {
			case '0', '\0', '7', 'S' -> name.endsWith("/") ? TarEntry.Kind.DIRECTORY : TarEntry.Kind.FILE;
			case '1' -> TarEntry.Kind.HARD_LINK;
			case '2' -> TarEntry.Kind.SYMBOLIC_LINK;
			case '3' -> TarEntry.Kind.CHARACTER_DEVICE;
			case '4' -> TarEntry.Kind.BLOCK_DEVICE;
			case '5' -> TarEntry.Kind.DIRECTORY;
			case '6' -> TarEntry.Kind.FIFO;
			default -> throw new InvalidTarException(
					"tar: " + TarEntry.show(name) + " is of unknown type " + TarEntry.show(String.valueOf(type)));
		};
	}

	private static long nonNegative(long size, String name) {
		if (size < 0) {
			throw new InvalidTarException("tar: " + TarEntry.show(name) + " has the size " + size);
		}
		return size;
	}

	/** 32 bits, but for the highest, which chown(2) takes for "leave it". */
	private static int id(long id, String name) {
		if (id < 0 || id >= 0xffffffffL) {
			throw new InvalidTarException("tar: " + TarEntry.show(name) + " has the owner " + id);
		}
		return (int) id;
	}

	/** The kernel has 12 bits of major and 20 of minor number. */
	private static int device(long number, long most, String name) {
		if (number < 0 || number > most) {
			throw new InvalidTarException("tar: " + TarEntry.show(name) + " has the device number " + number);
		}
		return (int) number;
	}

	private @Nullable SparseMap sparse(TarHeader header, PaxRecords pax) throws IOException {
		if (header.type() == 'S') {
			return oldSparse(header);
		}
		if (pax.hasSparseMapInData()) {
			return sparseInData();
		}
		List<Long> numbers = pax.sparseNumbers();
		return (numbers != null) ? SparseMap.of(numbers) : null;
	}

	private static long realSize(TarHeader header, PaxRecords pax) {
		if (header.type() == 'S') {
			return header.number(483, 12);
		}
		return pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", -1));
	}

	/** Four parts in the header itself, 21 in each block that follows it. */
	private SparseMap oldSparse(TarHeader header) throws IOException {
		SparseMap map = new SparseMap();
		addParts(map, header, 386, 4);
		boolean more = header.block()[482] != 0;
		while (more) {
			if (!require(TarHeader.SIZE)) {
				throw truncated();
			}
			TarHeader block = new TarHeader(this.buffer, this.position);
			addParts(map, block, 0, 21);
			more = this.buffer[this.position + 504] != 0;
			pass(TarHeader.SIZE);
		}
		return map;
	}

	private static void addParts(SparseMap map, TarHeader block, int offset, int count) {
		for (int i = 0; i < count && block.block()[block.at() + offset + i * 24] != 0; i++) {
			map.add(block.number(offset + i * 24, 12), block.number(offset + i * 24 + 12, 12));
		}
	}

	/** Decimal lines in front of the data: how many parts, then offsets and lengths. */
	private SparseMap sparseInData() throws IOException {
		long before = this.remaining;
		long count = line();
		SparseMap map = new SparseMap();
		for (long i = 0; i < count; i++) {
			map.add(line(), line());
		}
		int rest = (int) ((TarHeader.SIZE - (before - this.remaining) % TarHeader.SIZE) % TarHeader.SIZE);
		readFully(new byte[rest]);
		return map;
	}

	private long line() throws IOException {
		long value = 0;
		byte[] one = new byte[1];
		for (int digits = 0; digits < 19; digits++) {
			readFully(one);
			if (one[0] == '\n' && digits > 0) {
				return value;
			}
			if (one[0] < '0' || one[0] > '9') {
				break;
			}
			value = value * 10 + one[0] - '0';
		}
		throw new InvalidTarException("tar: malformed map of a sparse file");
	}

	private void begin(long size) {
		this.remaining = size;
		this.padding = (int) ((TarHeader.SIZE - size % TarHeader.SIZE) % TarHeader.SIZE);
	}

	/** Bytes of the current member that were not read yet. */
	public long remaining() {
		return this.remaining;
	}

	/** Skips what was not read of the current member. */
	private void finish() throws IOException {
		transfer(this.framing, this.remaining);
		int rest = this.padding;
		this.padding = 0;
		if (rest > 0 && require(rest)) {
			pass(rest);
		}
	}

	/** Goes on by so many bytes of the buffer, which are no member's content. */
	private void pass(int count) throws IOException {
		this.framing.accept(this.buffer, this.position, count);
		this.position += count;
	}

	/** Hands on so many bytes of the current member, as they come, without copying. */
	public void transfer(Sink sink, long count) throws IOException {
		long left = count;
		if (left > this.remaining) {
			throw new IllegalArgumentException("the member has only " + this.remaining + " bytes left");
		}
		while (left > 0) {
			if (this.position == this.limit && !fill()) {
				throw truncated();
			}
			int chunk = (int) Math.min(left, this.limit - this.position);
			int offset = this.position;
			this.position += chunk;
			this.remaining -= chunk;
			left -= chunk;
			sink.accept(this.buffer, offset, chunk);
		}
	}

	/** As {@link InputStream#read(byte[], int, int)}, of the current member. */
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (this.remaining == 0) {
			return -1;
		}
		if (this.position == this.limit && !fill()) {
			throw truncated();
		}
		int chunk = (int) Math.min(Math.min(length, this.remaining), this.limit - this.position);
		System.arraycopy(this.buffer, this.position, bytes, offset, chunk);
		pass(chunk);
		this.remaining -= chunk;
		return chunk;
	}

	private void readFully(byte[] bytes) throws IOException {
		int done = 0;
		while (done < bytes.length) {
			int count = read(bytes, done, bytes.length - done);
			if (count < 0) {
				throw truncated();
			}
			done += count;
		}
	}

	/** Reads what is behind the archive's end: a digest is made of that too. */
	public void drain() throws IOException {
		do {
			pass(this.limit - this.position);
		}
		while (fill());
	}

	private boolean fill() throws IOException {
		this.position = 0;
		this.limit = Math.max(0, this.in.read(this.buffer, 0, BUFFER));
		return this.limit > 0;
	}

	/** Makes so many bytes stand in the buffer; false at the end of the stream. */
	private boolean require(int count) throws IOException {
		if (this.limit - this.position >= count) {
			return true;
		}
		System.arraycopy(this.buffer, this.position, this.buffer, 0, this.limit - this.position);
		this.limit -= this.position;
		this.position = 0;
		while (this.limit < count) {
			int read = this.in.read(this.buffer, this.limit, BUFFER - this.limit);
			if (read < 0) {
				if (this.limit == 0) {
					return false;
				}
				throw truncated();
			}
			this.limit += read;
		}
		return true;
	}

	private static InvalidTarException truncated() {
		return new InvalidTarException("tar: unexpected end of the archive");
	}

	/** Takes bytes that are valid during the call. */
	@FunctionalInterface
	public interface Sink {

		void accept(byte[] bytes, int offset, int length) throws IOException;

	}

	/** A time of modification, to the nanosecond where an extended header has it. */
	private record Time(long seconds, int nanos) {

		/** What ext4 and Java's own arithmetic can hold. */
		private static final long MOST = 1L << 40;

		static Time of(@Nullable String text, TarHeader header) {
			Time time = (text != null && !text.isEmpty()) ? parse(text) : new Time(header.number(136, 12), 0);
			if (Math.abs(time.seconds) > MOST) {
				throw new InvalidTarException("tar: time out of range: " + time.seconds);
			}
			return time;
		}

		private static Time parse(String text) {
			int dot = text.indexOf('.');
			long seconds = PaxRecords.number((dot < 0) ? text : text.substring(0, dot));
			String fraction = (dot < 0) ? "" : text.substring(dot + 1);
			int nanos = fraction.isEmpty() ? 0
					: (int) Math.abs(PaxRecords.number((fraction + "000000000").substring(0, 9)));
			boolean negative = text.startsWith("-");
			return (negative && nanos > 0) ? new Time(seconds - 1, 1_000_000_000 - nanos) : new Time(seconds, nanos);
		}

	}

}
