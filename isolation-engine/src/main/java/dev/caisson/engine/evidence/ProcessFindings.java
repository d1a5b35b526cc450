package dev.caisson.engine.evidence;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.ProcessSpec;

/** What the first process was limited to by itself: rlimits and the OOM score. */
record ProcessFindings(Subject subject) {

	List<Finding> all() {
		ProcessSpec process = this.subject.declared().process();
		List<Finding> findings = new ArrayList<>();
		process.limits().forEach((limit) -> findings.add(limit(limit)));
		process.oomScoreAdjust().ifPresent((score) -> {
			String observed = Observation.lines(this.subject.pid(), "oom_score_adj").getFirst();
			findings.add(Finding.of(Mechanism.PROCESS, "oom_score_adj", Integer.toString(score), observed,
					observed.equals(Integer.toString(score))));
		});
		return findings;
	}

	/** See prlimit(2); a process may lower its own limits, but not raise the hard one. */
	private Finding limit(ProcessSpec.ResourceLimit limit) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment old = arena.allocate(2L * Long.BYTES, Long.BYTES);
			Linux.call(SystemCall.PRLIMIT64, "process " + this.subject.pid(), this.subject.pid(),
					limit.kind().ordinal(), 0, old.address());
			long soft = old.get(ValueLayout.JAVA_LONG, 0);
			long hard = old.get(ValueLayout.JAVA_LONG, Long.BYTES);
			return Finding.of(Mechanism.PROCESS, "rlimit " + limit.kind().name().toLowerCase(Locale.ROOT),
					text(limit.soft(), limit.hard()), text(soft, hard),
					Long.compareUnsigned(hard, limit.hard()) <= 0 && Long.compareUnsigned(soft, limit.hard()) <= 0);
		}
	}

	/** RLIM_INFINITY is the largest number. */
	private static String text(long soft, long hard) {
		return word(soft) + ":" + word(hard);
	}

	private static String word(long value) {
		return (value == -1) ? "unlimited" : Long.toUnsignedString(value);
	}

}
