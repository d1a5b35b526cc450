package dev.caisson.engine.container;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The memory that the event loop's thread needs to move output: one for all containers,
 * because they take turns.
 */
final class PumpBuffers {

	/** How much of the log is collected before it is written. */
	private static final int COLLECTED = 256 << 10;

	private final MemorySegment input = Arena.ofAuto().allocate(Spool.PORTION, Long.BYTES);

	private final byte[] bytes = new byte[Spool.PORTION];

	private final LogEncoder encoder = new LogEncoder(COLLECTED);

	private final MemorySegment output = Arena.ofAuto().allocate(this.encoder.bytes().length, Long.BYTES);

	/**
	 * Reads from a spool.
	 * @return how much has been read into {@link #bytes}
	 */
	int read(Spool spool, long from) {
		int count = spool.read(from, this.input);
		MemorySegment.copy(this.input, ValueLayout.JAVA_BYTE, 0, this.bytes, 0, count);
		return count;
	}

	byte[] bytes() {
		return this.bytes;
	}

	LogEncoder encoder() {
		return this.encoder;
	}

	/** What has been encoded, in memory that the kernel can read. */
	MemorySegment encoded() {
		MemorySegment.copy(this.encoder.bytes(), 0, this.output, ValueLayout.JAVA_BYTE, 0, this.encoder.length());
		return this.output.asSlice(0, this.encoder.length());
	}

	/** For what comes from a terminal that cannot be spliced. */
	MemorySegment input() {
		return this.input;
	}

}
