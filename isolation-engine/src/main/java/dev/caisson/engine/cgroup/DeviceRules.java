package dev.caisson.engine.cgroup;

import java.util.List;
import java.util.stream.Stream;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.DeviceSpec.Rule;

/**
 * Which devices a group may use: none but those that a rule allows.
 *
 * @param all whether any device may be used
 * @param rules otherwise those; none is of type {@code a}
 */
record DeviceRules(boolean all, List<Rule> rules) {

	DeviceRules {
		rules = List.copyOf(rules);
	}

	/**
	 * Makes rules say the same in both versions. In v1 a rule of type {@code a} allows
	 * everything, whatever numbers and access it names; here it means what it says.
	 */
	static DeviceRules of(List<Rule> allowed, boolean all) {
		if (all || allowed.stream().anyMatch(DeviceRules::isEverything)) {
			return new DeviceRules(true, List.of());
		}
		return new DeviceRules(false, allowed.stream().flatMap(DeviceRules::bothTypes).distinct().toList());
	}

	private static boolean isEverything(Rule rule) {
		return rule.type() == 'a' && rule.major() < 0 && rule.minor() < 0 && rule.access().length() == 3;
	}

	private static Stream<Rule> bothTypes(Rule rule) {
		return (rule.type() != 'a') ? Stream.of(rule)
				: Stream.of('b', 'c').map((type) -> new Rule(type, rule.major(), rule.minor(), rule.access()));
	}

	/**
	 * Writes them into a new group of v1's devices hierarchy, which may use all that its
	 * parent may.
	 */
	void write(Directory directory) {
		if (this.all) {
			return;
		}
		directory.write("devices.deny", "a");
		try (Fd allow = Fd.open(directory.file("devices.allow"), Fd.O_WRONLY)) {
			this.rules.forEach((rule) -> allow.writeText(text(rule)));
		}
	}

	/** As devices.list shows all of them, in any order. */
	String listing() {
		return this.all ? "a *:* rwm" : String.join("\n", this.rules.stream().map(DeviceRules::text).toList());
	}

	/** As devices.list shows it: {@code c 1:3 rwm}. */
	static String text(Rule rule) {
		return rule.type() + " " + number(rule.major()) + ":" + number(rule.minor()) + " " + rule.access();
	}

	private static String number(int number) {
		return (number < 0) ? "*" : Integer.toString(number);
	}

}
