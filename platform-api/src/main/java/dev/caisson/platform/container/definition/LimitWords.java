package dev.caisson.platform.container.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.caisson.engine.spec.EgressRule;
import dev.caisson.engine.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/** What Docker has no words for is said by labels. */
final class LimitWords {

	/** Bytes a second, with {@code k}, {@code m} or {@code g} for powers of 1024. */
	static final String INGRESS_RATE = "caisson.network.ingress-rate", EGRESS_RATE = "caisson.network.egress-rate";

	/**
	 * What may be reached outside of the container's networks: rules apart by commas or
	 * spaces, such as {@code 10.0.0.0/8:443/tcp}. Empty is nothing.
	 */
	static final String ALLOW = "caisson.network.allow";

	private static final Pattern RATE = Pattern.compile("(\\d{1,12})([kmg]?)b?");

	private LimitWords() {
	}

	static long rate(ContainerConfig config, String label) {
		String text = config.labels().get(label);
		if (text == null) {
			return 0;
		}
		Matcher matcher = RATE.matcher(text.strip().toLowerCase(Locale.ROOT));
		if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
			throw new InvalidSpecException(label,
					"invalid label " + label + "=" + text + ": use bytes a second, such as 500k or 2m");
		}
		int shift = switch (matcher.group(2)) {
			case "k" -> 10;
			case "m" -> 20;
			case "g" -> 30;
			default -> 0;
		};
		return Long.parseLong(matcher.group(1)) << shift;
	}

	/** Null is everything. */
	static @Nullable List<EgressRule> allowed(ContainerConfig config) {
		String text = config.labels().get(ALLOW);
		if (text == null) {
			return null;
		}
		List<EgressRule> rules = new ArrayList<>();
		for (String rule : text.split("[,\\s]+")) {
			if (!rule.isEmpty()) {
				rules.add(EgressRule.parse(rule));
			}
		}
		return rules;
	}

}
