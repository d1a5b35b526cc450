package dev.caisson.web;

import java.util.Locale;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.platform.container.ContainerOverview;

/**
 * A container as a line of the overview: text as it is shown.
 *
 * @param id 64 hex digits
 * @param verdict the style class of the state: proven, drift, breach or none
 * @param remark why it needs attention; empty if it does not
 */
public record ContainerRow(String id, String name, String image, String state, String verdict, String cpus,
		String memory, String processes, String remark) {

	private static final double NANOS = 1e9;

	private static final String[] UNITS = { "B", "KiB", "MiB", "GiB", "TiB" };

	private static final String NONE = "none";

	private static final String PROVEN = "proven";

	private static final String DRIFT = "drift";

	static ContainerRow of(ContainerOverview container) {
		Long processes = container.processLimit();
		return new ContainerRow(container.id(), container.name(), container.image(), stateText(container.state()),
				verdict(container.state()), cpus(container.nanoCpus()), bytes(container.memoryLimit()),
				(processes != null) ? processes.toString() : NONE, remark(container));
	}

	public boolean needsAttention() {
		return !this.remark.isEmpty();
	}

	/** What the attention is for: how it ended, or how it runs. */
	public String cause() {
		return this.verdict.equals(PROVEN) ? "privileged" : this.state;
	}

	/** The style class of the cause: what runs is no failure. */
	public String concern() {
		return this.verdict.equals(PROVEN) ? DRIFT : this.verdict;
	}

	private static String stateText(ContainerState state) {
		return switch (state.phase()) {
			case CREATED -> state.error().isEmpty() ? "created" : "failed to start";
			case RUNNING -> "running";
			case PAUSED -> "paused";
			case EXITED -> ended(state);
			case REMOVING -> "being removed";
		};
	}

	private static String ended(ContainerState state) {
		if (!state.error().isEmpty()) {
			return "failed to start";
		}
		return state.oomKilled() ? "OOM killed" : "exited " + state.exitCode();
	}

	private static String verdict(ContainerState state) {
		if (state.phase() == ContainerState.Phase.RUNNING) {
			return PROVEN;
		}
		if (!state.error().isEmpty() || state.oomKilled()) {
			return "breach";
		}
		boolean deservesALook = state.phase() == ContainerState.Phase.PAUSED || state.exitCode() != 0;
		return deservesALook ? DRIFT : NONE;
	}

	private static String remark(ContainerOverview container) {
		ContainerState state = container.state();
		if (!state.error().isEmpty()) {
			return state.error();
		}
		if (state.oomKilled()) {
			return "the kernel killed it for memory; its limit is " + bytes(container.memoryLimit());
		}
		return (container.privileged() && state.phase().isLive())
				? "runs privileged: no seccomp filter, every device and capability of the host" : "";
	}

	private static String cpus(long nanos) {
		return (nanos == 0) ? NONE : String.format(Locale.ROOT, "%.2f", nanos / NANOS).replaceFirst("\\.?0+$", "");
	}

	/**
	 * In the largest unit that leaves at least 1, with two decimals where it has some.
	 */
	static String bytes(long bytes) {
		if (bytes <= 0) {
			return NONE;
		}
		double value = bytes;
		int unit = 0;
		while (value >= 1024 && unit < UNITS.length - 1) {
			value /= 1024;
			unit++;
		}
		return String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "") + " " + UNITS[unit];
	}

}
