package dev.caisson.engine.container;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

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

	/** Gives it to a terminal, whose foreground processes are told by SIGWINCH. */
	void set(Fd terminal) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment winsize = arena.allocateFrom(ValueLayout.JAVA_BYTE, winsize());
			Linux.call(SystemCall.IOCTL, terminal.name(), terminal.number(), TIOCSWINSZ, winsize.address());
		}
	}

	@Override
	public String toString() {
		return "{" + this.rows + ", " + this.columns + "}";
	}

}
