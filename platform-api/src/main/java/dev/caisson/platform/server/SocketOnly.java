package dev.caisson.platform.server;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Keeps the Docker API off TCP while there is no access control: whoever may use it is as
 * good as root, and any user of the host can connect to loopback. Whatever the platform
 * serves is the API; the dashboard lives in another package.
 */
final class SocketOnly implements HandlerInterceptor {

	private static final String API = "dev.caisson.platform.";

	private final ErrorWriter errors;

	SocketOnly(ErrorWriter errors) {
		this.errors = errors;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws IOException {
		if (isApi(handler) && !ConnectionValve.isLocalSocket(request)) {
			this.errors.write(response, 404, "the Docker API is served on the unix socket only");
			return false;
		}
		return true;
	}

	private static boolean isApi(Object handler) {
		return handler instanceof HandlerMethod method && !ErrorController.class.isAssignableFrom(method.getBeanType())
				&& (method.getBeanType().getPackageName() + ".").startsWith(API);
	}

}
