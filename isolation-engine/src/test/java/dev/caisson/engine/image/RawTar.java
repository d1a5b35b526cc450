package dev.caisson.engine.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes tar archives field by field, so that a test can also write what no proper tool
 * would. Names hold one byte per character.
 */
final class RawTar {

	private static final int BLOCK = 512;

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private int uid;

	private int gid;

	private int mode = 0644;

	private long seconds = 1_000_000_000;

	RawTar owner(int newUid, int newGid) {
		this.uid = newUid;
		this.gid = newGid;
		return this;
	}

	RawTar mode(int newMode) {
		this.mode = newMode;
		return this;
	}

	RawTar seconds(long newSeconds) {
		this.seconds = newSeconds;
		return this;
	}

	RawTar file(String name, String content) {
		return file(name, content.getBytes(StandardCharsets.ISO_8859_1));
	}

	RawTar file(String name, byte[] content) {
		return entry('0', name, "", content.length).data(content);
	}

	RawTar directory(String name) {
		int before = this.mode;
		return mode((before == 0644) ? 0755 : before).entry('5', name, "", 0).mode(before);
	}

	RawTar symlink(String name, String target) {
		return entry('2', name, target, 0);
	}

	RawTar hardLink(String name, String target) {
		return entry('1', name, target, 0);
	}

	RawTar whiteout(String name) {
		return file(name, "");
	}

	/** Records of an extended header, each {@code key=value}, for the next entry. */
	RawTar pax(String... records) {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (String record : records) {
			int length = record.length() + 3;
			while (Integer.toString(length).length() + record.length() + 2 != length) {
				length++;
			}
			body.writeBytes((length + " " + record + "\n").getBytes(StandardCharsets.ISO_8859_1));
		}
		return entry('x', "pax", "", body.size()).data(body.toByteArray());
	}

	RawTar entry(char type, String name, String link, long size) {
		return entry(type, name, link, size, 0, 0);
	}

	RawTar entry(char type, String name, String link, long size, int major, int minor) {
		byte[] header = header(type, name, link, size, major, minor);
		return block(checksummed(header));
	}

	byte[] header(char type, String name, String link, long size, int major, int minor) {
		byte[] header = new byte[BLOCK];
		put(header, 0, name);
		put(header, 100, "%07o".formatted(this.mode));
		put(header, 108, "%07o".formatted(this.uid));
		put(header, 116, "%07o".formatted(this.gid));
		put(header, 124, "%011o".formatted(size));
		put(header, 136, "%011o".formatted(this.seconds));
		header[156] = (byte) type;
		put(header, 157, link);
		put(header, 257, "ustar\00000");
		put(header, 329, "%07o".formatted(major));
		put(header, 337, "%07o".formatted(minor));
		return header;
	}

	static byte[] checksummed(byte[] header) {
		put(header, 148, "        ");
		int sum = 0;
		for (byte b : header) {
			sum += b & 0xff;
		}
		put(header, 148, "%06o\0 ".formatted(sum));
		return header;
	}

	static void put(byte[] header, int at, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
		System.arraycopy(bytes, 0, header, at, bytes.length);
	}

	RawTar block(byte[] bytes) {
		this.out.writeBytes(bytes);
		return this;
	}

	/** Content, filled up to a whole block. */
	RawTar data(byte[] content) {
		this.out.writeBytes(content);
		this.out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
		return this;
	}

	/** What there is up to now, without an end. */
	byte[] unfinished() {
		return this.out.toByteArray();
	}

	byte[] bytes() {
		this.out.writeBytes(new byte[2 * BLOCK]);
		return this.out.toByteArray();
	}

}
