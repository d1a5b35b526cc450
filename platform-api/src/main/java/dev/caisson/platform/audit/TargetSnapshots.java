package dev.caisson.platform.audit;

import java.util.Map;
import java.util.Optional;

/**
 * Says what the target of a call is like, before and after it. Beans of this type are
 * asked in their order.
 */
public interface TargetSnapshots {

	/**
	 * The target of a call.
	 * @param pattern of the path, such as {@code /containers/{reference}/start}
	 * @param variables in it
	 * @return empty if it is not theirs, or does not exist
	 */
	Optional<Snapshot> take(String pattern, Map<String, String> variables);

	/**
	 * A target at one moment.
	 *
	 * @param target unique, such as {@code containers/ID}
	 * @param state strings and numbers
	 */
	record Snapshot(String target, Map<String, Object> state) {
	}

}
