package dev.caisson.platform.server;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Who may speak to the TCP port while there is no access control: any web page in a
 * browser on this host can connect to loopback. So names other than loopback's are
 * refused (a page that rebinds its name to 127.0.0.1 still sends its own), and other
 * sites' pages cannot change anything.
 */
final class LoopbackGuard {

	private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9a-f:]+]|[^:]*)(:[0-9]+)?");

	private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

	private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

	private LoopbackGuard() {
	}

	/** Why a request is refused, or null if it is not. */
	static @Nullable String refusal(HttpServletRequest request) {
		if (!isLoopback(request.getHeader("Host"))) {
			return "this address answers only to localhost, 127.0.0.1 and [::1]";
		}
		if (!SAFE.contains(request.getMethod()) && isForeign(request)) {
			return "requests of other sites are refused";
		}
		return null;
	}

	static boolean isLoopback(@Nullable String host) {
		if (host == null) {
			return false;
		}
		Matcher matcher = AUTHORITY.matcher(host.toLowerCase(Locale.ROOT));
		return matcher.matches() && LOOPBACK.contains(matcher.group(1));
	}

	private static boolean isForeign(HttpServletRequest request) {
		String site = request.getHeader("Sec-Fetch-Site");
		if (site != null) {
			return !site.equals("same-origin") && !site.equals("none");
		}
		String origin = request.getHeader("Origin");
		return origin != null && !origin.equals("http://" + request.getHeader("Host"));
	}

}
