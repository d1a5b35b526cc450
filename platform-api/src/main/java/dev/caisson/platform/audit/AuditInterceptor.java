package dev.caisson.platform.audit;

import java.io.IOException;
import java.util.Map;

import dev.caisson.platform.server.RequestNotes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.WebUtils;

/** Stands before and behind every mapped call. */
final class AuditInterceptor implements HandlerInterceptor {

	private static final String CALL = AuditInterceptor.class.getName() + ".call";

	private static final String ENDED = AuditInterceptor.class.getName() + ".ended";

	private final CallRecorder recorder;

	AuditInterceptor(CallRecorder recorder) {
		this.recorder = recorder;
	}

	@Override
	@SuppressWarnings("unchecked")
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws IOException {
		AuditedRequest audited = WebUtils.getNativeRequest(request, AuditedRequest.class);
		String pattern = String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
		if (audited == null || !isCall(handler) || !AuditRules.isAudited(request.getMethod(), pattern)) {
			return true;
		}
		Map<String, String> variables = (Map<String, String>) request
			.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
		AuditedCall call = this.recorder.begin(AuditFilter.idOf(request, response), audited, pattern,
				(variables != null) ? variables : Map.of());
		request.setAttribute(CALL, call);
		RequestNotes.beforeAnswer(request, (status) -> end(request, status, null));
		return true;
	}

	/** A page about an error is part of the call that failed. */
	private static boolean isCall(Object handler) {
		return handler instanceof HandlerMethod method && !ErrorController.class.isAssignableFrom(method.getBeanType());
	}

	static boolean isRecorded(HttpServletRequest request) {
		return request.getAttribute(CALL) != null;
	}

	@Override
	public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable Exception ex) {
		if (isCall(handler)) {
			end(request, response.getStatus(), ex);
		}
	}

	/** Once: before the answer, or after a call whose answer went out piece by piece. */
	private void end(HttpServletRequest request, int status, @Nullable Exception ex) {
		if (request.getAttribute(CALL) instanceof AuditedCall call && request.getAttribute(ENDED) == null) {
			request.setAttribute(ENDED, Boolean.TRUE);
			this.recorder.end(call, request, status, ex);
		}
	}

}
