package dev.caisson.persistence.audit;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Who did it, and how that is known.
 *
 * @param name by which records are found, such as {@code root}
 * @param facts what else is known, such as the way of authentication; values as
 * {@link CanonicalJson} takes them
 */
public record Actor(String name, Map<String, Object> facts) {

	/** Characters of the longest name that is kept. */
	public static final int LONGEST_NAME = 255;

	/** The service itself. */
	public static final Actor SERVICE = new Actor("caisson", Map.of("auth", "service"));

	public Actor {
		name = (name.length() > LONGEST_NAME) ? name.substring(0, LONGEST_NAME) : name;
		facts = Map.copyOf(facts);
	}

	Map<String, @Nullable Object> asMap() {
		Map<String, @Nullable Object> map = new TreeMap<>(this.facts);
		map.put("name", this.name);
		return map;
	}

	static Actor of(Map<?, ?> map) {
		Map<String, Object> facts = new TreeMap<>();
		map.forEach((name, value) -> facts.put((String) name, value));
		Object name = facts.remove("name");
		return new Actor((String) name, facts);
	}

}
