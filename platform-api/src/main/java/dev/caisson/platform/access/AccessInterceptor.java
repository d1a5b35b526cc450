package dev.caisson.platform.access;

import java.util.Map;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/** Asks, once it is known which endpoint a request is for, whether the caller may. */
final class AccessInterceptor implements HandlerInterceptor {

	private static final String OURS = "dev.caisson.";

	/** What is for those who are not known yet. */
	static final String SIGN_IN = "/sign-in";

	/** What callers with a label may ask besides their containers. */
	private static final Set<String> HARMLESS = Set.of("/_ping", "/version", "/containers/json", "/containers/create",
			"/api/v1/access/me");

	private final LabelledContainers containers;

	AccessInterceptor(LabelledContainers containers) {
		this.containers = containers;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		if (handler instanceof HandlerMethod method && method.getBeanType().getName().startsWith(OURS)
				&& !ErrorController.class.isAssignableFrom(method.getBeanType())) {
			String pattern = String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
			if (!pattern.equals(SIGN_IN)) {
				check(request, pattern);
			}
		}
		return true;
	}

	private void check(HttpServletRequest request, String pattern) {
		Caller caller = Caller.of(request)
			.orElseThrow(() -> new AccessRefusedException("sign in first: this endpoint is for known callers"));
		Permission needed = Permissions.of(request.getMethod(), pattern);
		if (!caller.scope().covers(pattern)) {
			throw new AccessRefusedException("this socket is for " + caller.scope().word() + " alone, not for "
					+ request.getMethod() + " " + pattern);
		}
		if (!caller.may(needed)) {
			throw new AccessRefusedException(caller.name() + " (" + caller.role().word() + ") may not "
					+ request.getMethod() + " " + pattern + ": ask an administrator for a role that may");
		}
		if (caller.isScoped() && !HARMLESS.contains(pattern)) {
			checkScope(request, caller, pattern);
		}
	}

	/** To a caller with a label, containers of others do not exist. */
	private void checkScope(HttpServletRequest request, Caller caller, String pattern) {
		int equals = caller.label().indexOf('=');
		String reference = reference(request, pattern);
		if (reference.isEmpty()) {
			throw new AccessRefusedException(
					"this token is for containers with the label " + caller.label() + ", not for " + pattern);
		}
		if (!this.containers.has(reference, caller.label().substring(0, equals),
				caller.label().substring(equals + 1))) {
			throw new OutOfScopeException(reference);
		}
	}

	private static String reference(HttpServletRequest request, String pattern) {
		boolean ofContainer = pattern.startsWith("/containers/{") || pattern.startsWith("/api/v1/containers/{");
		return (ofContainer
				&& request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
				&& variables.get(variable(pattern)) instanceof String reference) ? reference : "";
	}

	/** The name in the first braces. */
	private static String variable(String pattern) {
		return pattern.substring(pattern.indexOf('{') + 1, pattern.indexOf('}'));
	}

}
