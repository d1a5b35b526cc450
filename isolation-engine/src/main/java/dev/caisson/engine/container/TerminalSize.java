package dev.caisson.engine.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The size of a terminal, see tty_ioctl(4).
 *
 * @param rows lines
 * @param columns characters of a line
 */
record TerminalSize(int rows, int columns) {

	/** Of asm-generic/ioctls.h. */
	static final int TIOCSWINSZ = 0x5414;

	/** The structure winsize of asm-generic/termios.h. */
	byte[] winsize() {
		return ByteBuffer.allocate(8)
			.order(ByteOrder.nativeOrder())
			.putShort((short) this.rows)
			.putShort((short) this.columns)
			.array();
	}

	@Override
	public String toString() {
		return "{" + this.rows + ", " + this.columns + "}";
	}

}
