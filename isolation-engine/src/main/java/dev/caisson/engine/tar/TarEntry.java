package dev.caisson.engine.tar;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A member of a tar archive. Texts hold one byte per character (ISO 8859-1), for names
 * are bytes and need not be UTF-8.
 *
 * @param kind what it is
 * @param name its path as written in the archive
 * @param linkName where a link leads
 * @param mode permissions, with the set-id and sticky bits
 * @param uid the owner
 * @param gid the group
 * @param size bytes of a file, holes included; 0 for all else
 * @param stored bytes that follow in the archive
 * @param modifiedSeconds since 1970
 * @param modifiedNanos 0 to 999,999,999
 * @param major of a device
 * @param minor of a device
 * @param attributes extended attributes by name
 * @param extents where the stored bytes belong, or null if the file has no holes
 */
public record TarEntry(Kind kind, String name, String linkName, int mode, int uid, int gid, long size, long stored,
		long modifiedSeconds, int modifiedNanos, int major, int minor, Map<String, String> attributes,
		@Nullable List<Extent> extents) {

	/** What a member is. */
	public enum Kind {

		FILE, HARD_LINK, SYMBOLIC_LINK, CHARACTER_DEVICE, BLOCK_DEVICE, DIRECTORY, FIFO

	}

	/**
	 * A part of a sparse file that is not a hole.
	 *
	 * @param offset where it begins
	 * @param length its bytes
	 */
	public record Extent(long offset, long length) {

	}

	/** The bytes of such a text. */
	public static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	/** The text of these bytes. */
	public static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	/** Such a text as people would read it, on a terminal that it cannot steer. */
	public static String show(String text) {
		String readable = new String(bytes(text), StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
		return (readable.length() <= 200) ? readable : readable.substring(0, 200) + "…";
	}

}
