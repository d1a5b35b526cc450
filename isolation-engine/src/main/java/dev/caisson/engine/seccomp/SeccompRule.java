package dev.caisson.engine.seccomp;

import java.util.List;

import dev.caisson.engine.linux.Libseccomp;
import dev.caisson.engine.spec.Capability;
import dev.caisson.engine.spec.CapabilitySet;
import org.jspecify.annotations.Nullable;

/**
 * What a profile says about some system calls.
 *
 * @param names the calls, by the kernel's names
 * @param action what happens to them
 * @param errno what ERRNO answers and TRACE reports
 * @param tests of arguments that must all hold
 * @param includes when the rule counts
 * @param excludes when the rule does not count
 */
public record SeccompRule(List<String> names, SeccompAction action, int errno, List<ArgumentTest> tests,
		Condition includes, Condition excludes) {

	public SeccompRule {
		names = List.copyOf(names);
		tests = List.copyOf(tests);
	}

	/**
	 * Whether the rule counts, decided as Docker does.
	 * @param capabilities the bounding set
	 * @param architecture by Docker's name
	 * @param kernel of the host
	 */
	boolean countsFor(CapabilitySet capabilities, String architecture, KernelVersion kernel) {
		if (this.excludes.capabilities.stream().anyMatch(capabilities::contains)
				|| this.excludes.architectures.contains(architecture)
				|| (this.excludes.minimumKernel != null && kernel.compareTo(this.excludes.minimumKernel) >= 0)) {
			return false;
		}
		return this.includes.capabilities.stream().allMatch(capabilities::contains)
				&& (this.includes.architectures.isEmpty() || this.includes.architectures.contains(architecture))
				&& (this.includes.minimumKernel == null || kernel.compareTo(this.includes.minimumKernel) >= 0);
	}

	/**
	 * When a rule counts.
	 *
	 * @param capabilities that must be held
	 * @param architectures by Docker's names: {@code amd64}, {@code arm64}, …
	 * @param minimumKernel the first kernel, or null for any
	 */
	public record Condition(List<Capability> capabilities, List<String> architectures,
			@Nullable KernelVersion minimumKernel) {

		static final Condition NONE = new Condition(List.of(), List.of(), null);

		public Condition {
			capabilities = List.copyOf(capabilities);
			architectures = List.copyOf(architectures);
		}

	}

	/**
	 * A test of one argument, as an unsigned 64-bit number.
	 *
	 * @param index which argument, from 0
	 * @param operator how it is compared
	 * @param value what it is compared with; under a mask the mask
	 * @param valueTwo what the masked argument must be
	 */
	public record ArgumentTest(int index, Operator operator, long value, long valueTwo) {
	}

	/** How an argument is compared. */
	public enum Operator {

		NE(Libseccomp.CMP_NE), LT(Libseccomp.CMP_LT), LE(Libseccomp.CMP_LE), EQ(Libseccomp.CMP_EQ),
		GE(Libseccomp.CMP_GE), GT(Libseccomp.CMP_GT), MASKED_EQ(Libseccomp.CMP_MASKED_EQ);

		private final int value;

		Operator(int value) {
			this.value = value;
		}

		int value() {
			return this.value;
		}

	}

}
