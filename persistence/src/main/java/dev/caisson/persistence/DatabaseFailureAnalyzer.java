package dev.caisson.persistence;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints a refused database as two sentences in place of a stack trace. */
final class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<DatabaseUnusableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DatabaseUnusableException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.remedy(), cause);
	}

}
