package dev.caisson.platform.access;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What each endpoint needs: the first rule that fits. Reading is for all who are known,
 * whatever changes something is for operators, and what is not named is for nobody but
 * the administrator.
 */
final class Permissions {

	private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

	/** Ways to look into a container or to take things out of it. */
	private static final Pattern INTO_CONTAINERS = Pattern
		.compile("/containers/[^/]+/(archive|export|attach/ws)|/images/(get|[^/]+/get)");

	private static final List<Rule> RULES = List.of(new Rule("/api/v1/access/me(/.*)?", Permission.OWN),
			new Rule("/api/v1/access(/.*)?", Permission.ADMINISTER), new Rule("/access(/.*)?", Permission.ADMINISTER),
			new Rule("(/api/v1|/ui)?/audit(/.*)?|/ui/containers/[^/]+/audit", Permission.AUDIT),
			new Rule("/api/v1/(backup|restore)(/.*)?", Permission.ADMINISTER));

	private Permissions() {
	}

	/**
	 * What a request needs.
	 * @param method of HTTP
	 * @param pattern of the endpoint, as its mapping has it
	 */
	static Permission of(String method, String pattern) {
		for (Rule rule : RULES) {
			if (pattern.matches(rule.pattern())) {
				return rule.needs();
			}
		}
		boolean looksInto = INTO_CONTAINERS.matcher(pattern).matches();
		return (SAFE.contains(method) && !looksInto) ? Permission.READ : Permission.OPERATE;
	}

	/**
	 * A rule.
	 *
	 * @param pattern of the mapping's pattern
	 * @param needs what they need
	 */
	private record Rule(String pattern, Permission needs) {
	}

}
