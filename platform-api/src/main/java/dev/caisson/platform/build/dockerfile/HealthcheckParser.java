package dev.caisson.platform.build.dockerfile;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** HEALTHCHECK. */
final class HealthcheckParser {

	private HealthcheckParser() {
	}

	static Instruction parse(Line line) {
		Flags flags = Flags.of(line, "interval", "timeout", "start-period", "start-interval", "retries");
		String type = line.rest().split("\\s", 2)[0].toUpperCase(Locale.ROOT);
		String rest = line.rest().substring(type.length()).strip();
		return switch (type) {
			case "" -> throw line.refuse("HEALTHCHECK requires at least one argument");
			case "NONE" -> {
				if (!rest.isEmpty()) {
					throw line.refuse("HEALTHCHECK NONE takes no arguments");
				}
				yield new Instruction.Healthcheck(line.place(), true, new Command(false, List.of()), Duration.ZERO,
						Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
			}
			case "CMD" -> {
				if (rest.isEmpty()) {
					throw line.refuse("Missing command after HEALTHCHECK CMD");
				}
				yield new Instruction.Healthcheck(line.place(), false, InstructionParser.command(line, rest),
						time(line, flags, "interval"), time(line, flags, "timeout"), time(line, flags, "start-period"),
						time(line, flags, "start-interval"), retries(line, flags.get("retries")));
			}
			default -> throw line.refuse("Unknown type \"" + type + "\" in HEALTHCHECK (try CMD)");
		};
	}

	private static Duration time(Line line, Flags flags, String name) {
		String text = flags.get(name);
		if (text.isEmpty()) {
			return Duration.ZERO;
		}
		Duration time = GoDuration.parse(text)
			.orElseThrow(() -> line.refuse("time: invalid duration \"" + text + "\" of flag --" + name));
		if (time.isNegative()) {
			throw line.refuse("Interval \"" + name + "\" cannot be negative");
		}
		if (time.isPositive() && time.compareTo(Duration.ofMillis(1)) < 0) {
			throw line.refuse("Interval \"" + name + "\" cannot be less than 1ms");
		}
		return time;
	}

	private static int retries(Line line, String text) {
		try {
			int retries = text.isEmpty() ? 0 : Integer.parseInt(text);
			if (retries < 0) {
				throw line.refuse("--retries cannot be negative (" + text + ")");
			}
			return retries;
		}
		catch (NumberFormatException ex) {
			throw line.refuse("invalid value of flag --retries: \"" + text + "\" is not a number");
		}
	}

}
