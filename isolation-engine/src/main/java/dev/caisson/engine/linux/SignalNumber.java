package dev.caisson.engine.linux;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A signal, see signal(7). The numbers are those that x86-64 and arm64 share
 * (asm-generic/signal.h).
 *
 * @param number 1 to 64
 */
public record SignalNumber(int number) {

	private static final String[] NAMES = { "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL",
			"USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
			"URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS" };

	/**
	 * The first and last real-time signals as programs see them, after glibc took two.
	 */
	private static final int RTMIN = 34, RTMAX = 64;

	private static final Map<String, Integer> BY_NAME = byName();

	public static final SignalNumber KILL = new SignalNumber(9), TERM = new SignalNumber(15);

	public SignalNumber {
		if (number < 1 || number > RTMAX) {
			throw new IllegalArgumentException("invalid signal: " + number);
		}
	}

	/**
	 * Understands a number, a name with or without {@code SIG} in any case, and
	 * {@code RTMIN+n} and {@code RTMAX-n}.
	 * @return empty if there is no such signal
	 */
	public static Optional<SignalNumber> parse(String text) {
		if (text.matches("\\d{1,3}")) {
			int number = Integer.parseInt(text);
			return (number >= 1 && number <= RTMAX) ? Optional.of(new SignalNumber(number)) : Optional.empty();
		}
		String name = text.toUpperCase(Locale.ROOT);
		return Optional.ofNullable(BY_NAME.get(name.startsWith("SIG") ? name.substring(3) : name))
			.map(SignalNumber::new);
	}

	/** {@code SIGTERM}, {@code SIGRTMIN+3}. */
	public String signalName() {
		if (this.number < NAMES.length) {
			return "SIG" + NAMES[this.number];
		}
		if (this.number < RTMIN) {
			return "SIG" + this.number;
		}
		int middle = (RTMIN + RTMAX) / 2;
		if (this.number <= middle) {
			return (this.number == RTMIN) ? "SIGRTMIN" : "SIGRTMIN+" + (this.number - RTMIN);
		}
		return (this.number == RTMAX) ? "SIGRTMAX" : "SIGRTMAX-" + (RTMAX - this.number);
	}

	@Override
	public String toString() {
		return signalName();
	}

	private static Map<String, Integer> byName() {
		Map<String, Integer> names = new HashMap<>();
		for (int number = 1; number < NAMES.length; number++) {
			names.put(NAMES[number], number);
		}
		names.put("IOT", 6);
		names.put("CLD", 17);
		names.put("POLL", 29);
		names.put("RTMIN", RTMIN);
		names.put("RTMAX", RTMAX);
		for (int offset = 1; offset <= RTMAX - RTMIN; offset++) {
			names.put("RTMIN+" + offset, RTMIN + offset);
			names.put("RTMAX-" + offset, RTMAX - offset);
		}
		return Map.copyOf(names);
	}

}
