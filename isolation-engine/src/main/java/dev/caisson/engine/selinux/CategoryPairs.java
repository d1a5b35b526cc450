package dev.caisson.engine.selinux;

import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Gives each container a pair of categories that no other has, so that type enforcement
 * keeps containers from each other although all are of one type. Safe for use by many
 * threads.
 */
final class CategoryPairs {

	/** What the policies of all distributions declare: c0 to c1023. */
	private static final int CATEGORIES = 1024;

	private final RandomGenerator random;

	private final Map<String, String> levels = new HashMap<>();

	CategoryPairs(RandomGenerator random) {
		this.random = random;
	}

	/**
	 * A level for an owner: at random, so that a level left on a volume by a container of
	 * long ago is hardly met again.
	 */
	synchronized String take(String owner) {
		String known = this.levels.get(owner);
		if (known != null) {
			return known;
		}
		String level = free();
		this.levels.put(owner, level);
		return level;
	}

	private String free() {
		// half a million pairs, of which containers take thousands at most
		String level = draw();
		while (this.levels.containsValue(level)) {
			level = draw();
		}
		return level;
	}

	private String draw() {
		int one = this.random.nextInt(CATEGORIES);
		int other = this.random.nextInt(CATEGORIES - 1);
		if (other >= one) {
			other++;
		}
		return "s0:c" + Math.min(one, other) + ",c" + Math.max(one, other);
	}

	/** Notes a level that an owner has already, or was given by name. */
	synchronized void claim(String owner, String level) {
		this.levels.put(owner, level);
	}

	synchronized void release(String owner) {
		this.levels.remove(owner);
	}

}
