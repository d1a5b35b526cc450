package dev.caisson.platform.audit;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;
import dev.caisson.platform.audit.TargetSnapshots.Snapshot;
import dev.caisson.platform.server.ConnectionPeer;
import dev.caisson.platform.server.RequestNotes;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/** Makes the records of a call out of its request and its answer. */
@Component
final class CallRecorder {

	private static final List<String> SECRET_HEADERS = List.of("Authorization", "X-Registry-Auth", "X-Registry-Config");

	/** Of a form: it says where a request came from, not what it is for. */
	private static final String FORM_TOKEN = "_csrf";

	private static final JsonMapper JSON = new JsonMapper();

	private final AuditTrail trail;

	private final Redaction redaction;

	private final List<TargetSnapshots> snapshots;

	CallRecorder(AuditTrail trail, Redaction redaction, List<TargetSnapshots> snapshots) {
		this.trail = trail;
		this.redaction = redaction;
		this.snapshots = snapshots;
	}

	/** Records the intent. */
	AuditedCall begin(String id, AuditedRequest request, String pattern, Map<String, String> variables)
			throws IOException {
		Redaction.Pass pass = this.redaction.new Pass(pattern.startsWith("/secrets"));
		Map<String, @Nullable Object> details = details(request, pass);
		Optional<Snapshot> before = snapshot(pattern, variables);
		before.ifPresent((snapshot) -> details.put("before", snapshot.state()));
		AuditedCall call = new AuditedCall(id, this.trail.actorOf(request), ConnectionPeer.sourceOf(request),
				request.getMethod() + " " + pattern, pattern, variables,
				before.map(Snapshot::target).orElseGet(() -> target(request, pattern, variables)),
				before.map(Snapshot::state).orElse(Map.of()), pass, System.nanoTime());
		this.trail.before(new AuditEntry(Kind.INTENT, id, call.actor(), call.source(), call.action(), call.target(), "",
				details));
		return call;
	}

	private Optional<Snapshot> snapshot(String pattern, Map<String, String> variables) {
		return this.snapshots.stream().flatMap((each) -> each.take(pattern, variables).stream()).findFirst();
	}

	/**
	 * Such as {@code images/busybox}: the collection, and the name in it if there is one.
	 */
	private static String target(HttpServletRequest request, String pattern, Map<String, String> variables) {
		String collection = pattern.substring(1).split("/")[0];
		String name = variables.values().stream().findFirst().orElse(request.getParameter("name"));
		return (name != null) ? collection + "/" + name : collection;
	}

	private static Map<String, @Nullable Object> details(AuditedRequest request, Redaction.Pass pass)
			throws IOException {
		Map<String, @Nullable Object> details = new HashMap<>();
		details.put("path", request.getRequestURI());
		Map<String, @Nullable Object> query = query(request, pass);
		if (!query.isEmpty()) {
			details.put("query", query);
		}
		for (String name : SECRET_HEADERS) {
			String value = request.getHeader(name);
			if (value != null) {
				details.put(name, pass.digest(value));
			}
		}
		byte[] body = request.json();
		if (body.length > 0) {
			details.put("body", body(body, pass));
		}
		return details;
	}

	private static Map<String, @Nullable Object> query(HttpServletRequest request, Redaction.Pass pass) {
		Map<String, @Nullable Object> query = new TreeMap<>();
		request.getParameterMap().forEach((name, values) -> {
			if (name.equals(FORM_TOKEN)) {
				return;
			}
			String value = String.join(",", values);
			JsonNode tree = (value.startsWith("{") || value.startsWith("[")) ? tree(value) : null;
			query.put(name, pass.value(name, (tree != null) ? tree : JSON.getNodeFactory().stringNode(value)));
		});
		return query;
	}

	private static @Nullable JsonNode tree(String text) {
		try {
			return JSON.readTree(text);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/** What is not JSON is refused by whom it is meant for; who knows what it holds. */
	private static @Nullable Object body(byte[] body, Redaction.Pass pass) {
		try {
			return pass.value("", JSON.readTree(body));
		}
		catch (JacksonException ex) {
			return pass.digest(new String(body, java.nio.charset.StandardCharsets.ISO_8859_1));
		}
	}

	/** Records the outcome. */
	void end(AuditedCall call, HttpServletRequest request, int status, @Nullable Exception thrown) {
		Map<String, Object> details = new HashMap<>();
		details.put("status", status);
		details.put("micros", TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - call.begin()));
		String failure = RequestNotes.failureOf(request);
		if (failure == null && thrown != null) {
			failure = thrown.toString();
		}
		if (failure != null) {
			details.put("error", call.redaction().text(failure));
		}
		Optional<Snapshot> after = snapshot(call.pattern(), call.variables());
		after.map(Snapshot::state)
			.filter((state) -> !state.equals(call.before()))
			.ifPresent((state) -> details.put("after", state));
		this.trail.after(call.outcome(RequestNotes.targetOf(request), outcome(status, failure != null && status != 304),
				details));
	}

	/** Records a call that came to nobody: refused before, or to no known path. */
	void refused(String id, HttpServletRequest request, int status) {
		this.trail.after(new AuditEntry(Kind.OUTCOME, id, this.trail.actorOf(request), ConnectionPeer.sourceOf(request),
				request.getMethod(), "", outcome(status, true),
				Map.of("path", request.getRequestURI(), "status", status)));
	}

	private static String outcome(int status, boolean failed) {
		if (status == 401 || status == 403) {
			return AuditEntry.DENIED;
		}
		return (status >= 400 || failed) ? AuditEntry.FAILURE : AuditEntry.SUCCESS;
	}

}
