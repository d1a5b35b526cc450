package dev.caisson.platform.server;

import java.util.function.IntConsumer;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * What is learned of a request while it is answered and must be known at its end, whoever
 * answers it. Notes are of the present thread's request; without one they are dropped.
 */
public final class RequestNotes {

	private static final String FAILURE = RequestNotes.class.getName() + ".failure";

	private static final String TARGET = RequestNotes.class.getName() + ".target";

	private static final String BEFORE = RequestNotes.class.getName() + ".before";

	private RequestNotes() {
	}

	/** Why it failed, also when the status has gone out already. */
	public static void failure(String message) {
		note(FAILURE, message);
	}

	/** What it has made, such as {@code containers/ID}. */
	public static void target(String target) {
		note(TARGET, target);
	}

	/**
	 * Has a task run with the status before an answer goes out, as far as that can be
	 * known: whoever reads the answer may rely on what the task did.
	 */
	public static void beforeAnswer(HttpServletRequest request, IntConsumer task) {
		request.setAttribute(BEFORE, task);
	}

	/** The answer is about to go out. */
	public static void answering(int status) {
		RequestAttributes request = RequestContextHolder.getRequestAttributes();
		if (request != null
				&& request.getAttribute(BEFORE, RequestAttributes.SCOPE_REQUEST) instanceof IntConsumer task) {
			task.accept(status);
		}
	}

	private static void note(String name, String value) {
		RequestAttributes request = RequestContextHolder.getRequestAttributes();
		if (request != null) {
			request.setAttribute(name, value, RequestAttributes.SCOPE_REQUEST);
		}
	}

	public static @Nullable String failureOf(HttpServletRequest request) {
		return (String) request.getAttribute(FAILURE);
	}

	public static @Nullable String targetOf(HttpServletRequest request) {
		return (String) request.getAttribute(TARGET);
	}

}
