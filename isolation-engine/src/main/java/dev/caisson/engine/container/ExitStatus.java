package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a process ended, as a shell tells it.
 *
 * @param code 0 to 255; 128+n when signal n ended it
 */
record ExitStatus(int code) {

	/** When nobody is left who could tell. */
	static final ExitStatus UNKNOWN = new ExitStatus(255);

	private static final int SIGCHLD = 17;

	/** Of asm-generic/siginfo.h, si_code of SIGCHLD. */
	private static final int CLD_EXITED = 1, CLD_KILLED = 2, CLD_DUMPED = 3;

	/** Offsets in siginfo_t on 64-bit machines. */
	private static final int SI_SIGNO = 0, SI_CODE = 8, SI_STATUS = 24, LEAST_SIZE = 28;

	/**
	 * The siginfo_t that waitid(2) has filled in.
	 * @return empty if the file is not there or not a whole one
	 */
	static Optional<ExitStatus> read(Path file) {
		byte[] bytes;
		try {
			bytes = Files.readAllBytes(file);
		}
		catch (IOException ex) {
			return Optional.empty();
		}
		if (bytes.length < LEAST_SIZE) {
			return Optional.empty();
		}
		ByteBuffer info = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
		if (info.getInt(SI_SIGNO) != SIGCHLD) {
			return Optional.empty();
		}
		int status = info.getInt(SI_STATUS);
		return switch (info.getInt(SI_CODE)) {
			case CLD_EXITED -> Optional.of(new ExitStatus(status & 0xff));
			case CLD_KILLED, CLD_DUMPED -> Optional.of(new ExitStatus(128 + status));
			default -> Optional.empty();
		};
	}

}
