package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.ByteArrayInputStream;
import java.util.zip.GZIPInputStream;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;

import dev.caisson.engine.tar.TarHeader;

/** How a stream is packed, told by its first bytes and not by what anybody claims. */
public enum Compression {

	NONE, GZIP, ZSTD;

	/** Bytes that are enough to tell: a tar header, the longest, is one block. */
	static final int PROBE = TarHeader.SIZE;

	private static final int BUFFER = 128 * 1024;

	/** By RFC 1952, section 2.3.1, and RFC 8878, sections 3.1.1 and 3.1.2. */
	static Compression of(byte[] start) {
		if (start.length >= 3 && (start[0] & 0xff) == 0x1f && (start[1] & 0xff) == 0x8b && start[2] == 8) {
			return GZIP;
		}
		boolean magic = start.length >= 4 && (start[2] & 0xff) == 0x2f && (start[3] & 0xff) == 0xfd;
		boolean frame = magic && start[0] == 0x28 && (start[1] & 0xff) == 0xb5;
		boolean skippable = start.length >= 4 && (start[0] & 0xf0) == 0x50 && start[1] == 0x2a && start[2] == 0x4d
				&& start[3] == 0x18;
		return (frame || skippable) ? ZSTD : NONE;
	}

	/** The unpacked stream; closing it frees memory, and closes what is below it. */
	InputStream unpack(InputStream in) throws IOException {
		return switch (this) {
			case NONE -> in;
			case GZIP -> new GZIPInputStream(in, BUFFER);
			case ZSTD -> new ZstdInputStreamNoFinalizer(in);
		};
	}

	/** The whole of a stream, packed or not. */
	public static InputStream unpackAny(InputStream in) throws IOException {
		byte[] start = in.readNBytes(PROBE);
		return of(start).unpack(new SequenceInputStream(new ByteArrayInputStream(start), in));
	}

}
