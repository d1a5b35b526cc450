package dev.caisson.platform.server;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says on the terminal why the service does not start: what, and what to do about it, as
 * {@code ./caisson} itself does. Public because Spring Boot makes it by name.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class StartFailures implements FailureAnalyzer, FailureAnalysisReporter {

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof StartRefusedException refusal) {
				return new FailureAnalysis(refusal.getMessage(), refusal.remedy(), failure);
			}
			if (cause instanceof PortInUseException port) {
				return new FailureAnalysis("port " + port.getPort() + " is taken by a running process",
						"stop it, or choose another port with --http-port", failure);
			}
		}
		return null;
	}

	@Override
	public void report(FailureAnalysis analysis) {
		StringBuilder text = new StringBuilder("caisson: ").append(analysis.getDescription());
		if (analysis.getAction() != null) {
			text.append("\n         ").append(analysis.getAction());
		}
		System.err.println(text);
	}

}
