package dev.caisson.engine.container;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/**
 * How far the log has come, on disk: written by one small pwrite(2) after every append to
 * the log. What lies behind the recorded size of the log was appended by a service that
 * was killed before it could say so: it is cut off, and made again from the spool. Not
 * thread-safe.
 */
final class LogPosition implements AutoCloseable {

	private static final long MAGIC = 0x31_676f6c_73_6961_63L;

	private static final int SIZE = 5 * Long.BYTES;

	private final Path path;

	private final MemorySegment record = Arena.ofAuto().allocate(SIZE, Long.BYTES);

	private @Nullable Fd file;

	LogPosition(Path path) {
		this.path = path;
	}

	void write(Mark mark) {
		Fd open = this.file;
		if (open == null) {
			open = Fd.open(this.path, Fd.O_RDWR | Fd.O_CREAT, 0600);
			this.file = open;
		}
		long[] fields = { MAGIC, mark.logFile(), mark.logSize(), mark.stdout(), mark.stderr() };
		MemorySegment.copy(fields, 0, this.record, ValueLayout.JAVA_LONG, 0, fields.length);
		Linux.call(SystemCall.PWRITE64, this.path.toString(), open.number(), this.record.address(), SIZE, 0);
	}

	/** What was written last; null if nothing was. */
	static @Nullable Mark read(Path path) {
		if (!java.nio.file.Files.exists(path)) {
			return null;
		}
		try (Fd file = Fd.open(path, Fd.O_RDONLY); Arena arena = Arena.ofConfined()) {
			MemorySegment record = arena.allocate(SIZE, Long.BYTES);
			long count = Linux.call(SystemCall.PREAD64, path.toString(), file.number(), record.address(), SIZE, 0);
			long[] fields = record.toArray(ValueLayout.JAVA_LONG);
			return (count == SIZE && fields[0] == MAGIC) ? new Mark(fields[1], fields[2], fields[3], fields[4]) : null;
		}
	}

	@Override
	public void close() {
		if (this.file != null) {
			this.file.close();
		}
	}

	/**
	 * A place in the log and in the spools that belong together.
	 *
	 * @param logFile the inode of the log file in use; 0 if there was none
	 * @param logSize its bytes
	 * @param stdout how much of this spool is in the log
	 * @param stderr how much of this spool is in the log
	 */
	record Mark(long logFile, long logSize, long stdout, long stderr) {

		long logged(int stream) {
			return (stream == 1) ? this.stdout : this.stderr;
		}

	}

}
