package dev.caisson.engine.testing;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Skips a kernel test that lacks something, or fails it in CI. */
class KernelCondition implements ExecutionCondition {

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return context.getElement()
			.flatMap((element) -> AnnotationSupport.findAnnotation(element, KernelTest.class))
			.map(KernelCondition::evaluate)
			.orElseGet(() -> ConditionEvaluationResult.enabled("asks for nothing"));
	}

	private static ConditionEvaluationResult evaluate(KernelTest test) {
		Set<Feature> needs = EnumSet.of(Feature.ROOT, test.needs());
		return judge(needs.stream().filter((need) -> !need.isPresent()).toList(), "true".equals(System.getenv("CI")));
	}

	static ConditionEvaluationResult judge(List<Feature> lacking, boolean ci) {
		if (lacking.isEmpty()) {
			return ConditionEvaluationResult.enabled("has what it needs");
		}
		String reason = "needs " + lacking.stream()
			.map(Feature::toString)
			.collect(Collectors.joining(" and ", "", ", which is not here"));
		if (ci && !lacking.stream().allMatch(Feature::kindOfHost)) {
			throw new IllegalStateException("no kernel test may be skipped in CI: " + reason);
		}
		return ConditionEvaluationResult.disabled(reason);
	}

}
