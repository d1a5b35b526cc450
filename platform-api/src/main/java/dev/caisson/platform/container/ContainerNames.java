package dev.caisson.platform.container;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import dev.caisson.platform.server.BadParameterException;

/** What a container may be called, and what it is called if nobody cares. */
final class ContainerNames {

	/** Docker also wants two characters at least, though it does not say so. */
	private static final Pattern FORM = Pattern.compile("/?([a-zA-Z0-9][a-zA-Z0-9_.-]*)");

	private static final int LONGEST = 255;

	private static final String[] QUALITIES = { "amber", "ample", "arched", "bold", "brave", "bright", "brisk", "calm",
			"candid", "careful", "clear", "clever", "coastal", "crisp", "curious", "daring", "deep", "eager", "earnest",
			"even", "faithful", "firm", "fleet", "gentle", "glad", "golden", "grand", "hardy", "honest", "keen", "kind",
			"level", "light", "lively", "lucid", "mellow", "merry", "mighty", "modest", "narrow", "neat", "nimble",
			"noble", "patient", "plain", "polite", "proud", "quiet", "rapid", "ready", "robust", "round", "serene",
			"sharp", "silent", "sober", "solid", "steady", "stout", "strong", "sturdy", "subtle", "sunny", "tidal",
			"tidy", "true", "vivid", "warm", "wise", "witty" };

	private static final String[] THINGS = { "abutment", "anchor", "anvil", "arch", "barge", "beacon", "beam", "bolt",
			"bridge", "buoy", "buttress", "cable", "caisson", "canal", "capstan", "cofferdam", "column", "crane",
			"culvert", "dam", "davit", "derrick", "dock", "dredge", "ferry", "flange", "floodgate", "footing",
			"foundry", "gantry", "girder", "groyne", "harbour", "hawser", "hull", "jetty", "keel", "keystone",
			"lantern", "lever", "lighthouse", "lintel", "lock", "mast", "mole", "mooring", "pier", "pile", "pontoon",
			"pulley", "pylon", "quay", "rampart", "rivet", "rudder", "shaft", "sluice", "span", "strut", "trestle",
			"truss", "tunnel", "turbine", "vault", "viaduct", "weir", "wharf", "winch" };

	private static final int TRIES = 20;

	private ContainerNames() {
	}

	/**
	 * Checks a name and takes the slash off.
	 * @throws BadParameterException if it cannot be a name
	 */
	static String check(String name) {
		var matcher = FORM.matcher(name);
		if (!matcher.matches() || matcher.group(1).length() > LONGEST) {
			throw new BadParameterException(
					"Invalid container name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
		}
		return matcher.group(1);
	}

	/** Makes a name that is not taken. */
	static String generate(Predicate<String> taken) {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		String name = QUALITIES[random.nextInt(QUALITIES.length)] + "_" + THINGS[random.nextInt(THINGS.length)];
		for (int i = 0; taken.test(name) && i < TRIES; i++) {
			name = QUALITIES[random.nextInt(QUALITIES.length)] + "_" + THINGS[random.nextInt(THINGS.length)];
		}
		String base = name;
		while (taken.test(name)) {
			name = base + random.nextInt(1_000_000);
		}
		return name;
	}

}
