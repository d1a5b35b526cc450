package dev.caisson.platform.audit;

import java.io.IOException;
import java.util.UUID;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.servlet.HandlerMapping;

/**
 * Gives requests their id, and records those that would change something and were refused
 * before they came to an endpoint: by access control, or because there is none.
 */
final class AuditFilter extends HttpFilter {

	private static final long serialVersionUID = 1L;

	private static final String HEADER = "Audit-ID";

	private final transient CallRecorder recorder;

	AuditFilter(CallRecorder recorder) {
		this.recorder = recorder;
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		boolean mutating = AuditRules.isMutating(request.getMethod());
		if (mutating) {
			idOf(request, response);
		}
		try {
			chain.doFilter(new AuditedRequest(request), response);
		}
		finally {
			if (mutating && !AuditInterceptor.isRecorded(request) && !isExempt(request)) {
				this.recorder.refused(idOf(request, response), request, response.getStatus());
			}
		}
	}

	private static boolean isExempt(HttpServletRequest request) {
		return request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String pattern
				&& !AuditRules.isAudited(request.getMethod(), pattern);
	}

	/** The id of a request, which its answer tells. */
	static String idOf(HttpServletRequest request, HttpServletResponse response) {
		if (request.getAttribute(HEADER) instanceof String known) {
			return known;
		}
		String id = UUID.randomUUID().toString();
		request.setAttribute(HEADER, id);
		response.setHeader(HEADER, id);
		return id;
	}

}
