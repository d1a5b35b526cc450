package dev.caisson.platform.audit;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which calls are audited: every one that may change something, and those that only read
 * but look into a container, an image's files, or take the log itself out.
 */
public final class AuditRules {

	private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	private static final Pattern INSIDE = Pattern.compile(".*/(logs|archive|export|get|ws|exec|tasks|backup)(/.*)?");

	/** They only wait for something, though by POST. */
	private static final Set<String> HARMLESS = Set.of("POST /containers/{reference}/wait");

	private AuditRules() {
	}

	/** Whether a method may change something, whatever the path. */
	public static boolean isMutating(String method) {
		return !READING.contains(method);
	}

	/**
	 * Whether a call is audited.
	 * @param pattern of its mapping
	 */
	public static boolean isAudited(String method, String pattern) {
		return isMutating(method) ? !HARMLESS.contains(method + " " + pattern) : INSIDE.matcher(pattern).matches();
	}

}
