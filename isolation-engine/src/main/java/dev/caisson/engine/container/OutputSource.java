package dev.caisson.engine.container;

import java.lang.foreign.MemorySegment;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/** Where output comes from. Not thread-safe. */
sealed interface OutputSource extends AutoCloseable {

	/** The descriptor that becomes readable. */
	Fd watched();

	boolean isTerminal();

	/**
	 * Moves a portion into the spool.
	 * @return how much, 0 at the end, or a negative error number: EAGAIN if there is
	 * nothing now, EIO if nobody has the terminal open
	 */
	long moveInto(Spool spool, PumpBuffers buffers);

	@Override
	void close();

	/**
	 * The reading end of a pipe.
	 *
	 * @param pipe non-blocking
	 */
	record Pipe(Fd pipe) implements OutputSource {

		@Override
		public Fd watched() {
			return this.pipe;
		}

		@Override
		public boolean isTerminal() {
			return false;
		}

		@Override
		public long moveInto(Spool spool, PumpBuffers buffers) {
			return spool.fill(this.pipe);
		}

		@Override
		public void close() {
			this.pipe.close();
		}

	}

	/**
	 * The controlling side of a terminal. The kernel splices from it into a pipe, but not
	 * into a file; so bytes go through a pipe that the keeper holds, too.
	 *
	 * @param console non-blocking
	 * @param relayIn writing end of the pipe
	 * @param relayOut its reading end, non-blocking
	 */
	record Terminal(Fd console, Fd relayIn, Fd relayOut) implements OutputSource {

		/** Of linux/splice.h. */
		private static final int SPLICE_F_MOVE = 1, SPLICE_F_NONBLOCK = 2;

		/** The smallest pipe there is. */
		private static final int PORTION = 4096;

		@Override
		public Fd watched() {
			return this.console;
		}

		@Override
		public boolean isTerminal() {
			return true;
		}

		@Override
		public long moveInto(Spool spool, PumpBuffers buffers) {
			// first what an earlier service had left on the way
			long left = spool.fill(this.relayOut);
			if (left > 0) {
				return left;
			}
			long moved = Linux.attempt(SystemCall.SPLICE, this.console.number(), 0, this.relayIn.number(), 0, PORTION,
					SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
			if (moved == -Errno.EINVAL.number()) {
				return read(spool, buffers);
			}
			return (moved > 0) ? spool.fill(this.relayOut) : (moved == 0) ? -Errno.EIO.number() : moved;
		}

		/** Before Linux 5.11 terminals cannot be spliced. */
		private long read(Spool spool, PumpBuffers buffers) {
			MemorySegment buffer = buffers.input().asSlice(0, PORTION);
			long count = this.console.read(buffer);
			if (count > 0) {
				spool.append(buffer.asSlice(0, count));
			}
			return (count == 0) ? -Errno.EIO.number() : count;
		}

		@Override
		public void close() {
			this.console.close();
			this.relayIn.close();
			this.relayOut.close();
		}

	}

	/** The keeper is gone: nothing comes any more. */
	record Gone() implements OutputSource {

		@Override
		public Fd watched() {
			throw new IllegalStateException("there is nothing to watch");
		}

		@Override
		public boolean isTerminal() {
			return false;
		}

		@Override
		public long moveInto(Spool spool, PumpBuffers buffers) {
			return 0;
		}

		@Override
		public void close() {
			// nothing is open
		}

	}

}
