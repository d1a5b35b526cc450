package dev.caisson.engine.launch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * How a process ended.
 *
 * @param code 0 to 255, or 128+n when signal n ended it, as a shell counts
 */
public record ExitStatus(int code) {

	/** Offsets in siginfo_t and codes, asm-generic/siginfo.h. */
	private static final int SI_CODE = 8, SI_STATUS = 24, CLD_EXITED = 1;

	/**
	 * Reads the siginfo_t that the keeper wrote.
	 * @return nothing if it has not been written yet
	 */
	public static Optional<ExitStatus> parse(byte[] siginfo) {
		if (siginfo.length < LaunchFrame.SIGINFO_SIZE) {
			return Optional.empty();
		}
		ByteBuffer info = ByteBuffer.wrap(siginfo).order(ByteOrder.nativeOrder());
		int status = info.getInt(SI_STATUS);
		return Optional.of(new ExitStatus((info.getInt(SI_CODE) == CLD_EXITED) ? status : 128 + status));
	}

}
