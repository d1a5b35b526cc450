package dev.caisson.web.container;

import java.time.Instant;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.platform.container.ContainerOverview;
import dev.caisson.web.frame.Quantity;

/**
 * A container as a line of a list: text as it is shown.
 *
 * @param id 64 hex digits
 * @param created when
 * @param state in words
 * @param verdict the style class of the state: proven, drift, breach or none
 * @param status as Docker's sentence has it
 * @param use what it uses of its limits
 * @param isolation how it is isolated
 * @param remark why it needs attention; empty if it does not
 * @param actions what can be done
 */
public record ContainerRow(String id, String name, String image, Instant created, String state, String verdict,
		String status, UseText use, IsolationCount isolation, String remark, Actions actions) {

	private static final String PROVEN = "proven";

	private static final String DRIFT = "drift";

	private static final String RESTARTING = "restarting", UNHEALTHY = "unhealthy";

	public static ContainerRow of(ContainerOverview container, Use use, IsolationCount isolation) {
		ContainerState state = container.state();
		String text = text(container);
		IsolationCount present = isolation.of(container);
		return new ContainerRow(container.id(), container.name(), container.image(), container.created(), text,
				verdict(container, text), container.status(), UseText.of(container, use), present,
				remark(container, present), Actions.of(state.phase(), text));
	}

	public String shortId() {
		return Quantity.id(this.id);
	}

	public boolean needsAttention() {
		return !this.remark.isEmpty();
	}

	/** What the attention is for: how it ended, or how it runs. */
	public String cause() {
		if (!this.verdict.equals(PROVEN)) {
			return this.state;
		}
		return this.isolation.drifted() > 0 ? "drifted" : "privileged";
	}

	/** The style class of the cause: what runs is no failure. */
	public String concern() {
		return this.verdict.equals(PROVEN) ? DRIFT : this.verdict;
	}

	private static String text(ContainerOverview container) {
		if (container.word().equals(RESTARTING)) {
			return RESTARTING;
		}
		boolean judged = container.health().equals("healthy") || container.health().equals(UNHEALTHY);
		return judged ? container.health() : stateText(container.state());
	}

	private static String verdict(ContainerOverview container, String text) {
		return switch (text) {
			case RESTARTING -> DRIFT;
			case UNHEALTHY -> "breach";
			default -> verdict(container.state());
		};
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
		return deservesALook ? DRIFT : "none";
	}

	private static String remark(ContainerOverview container, IsolationCount isolation) {
		ContainerState state = container.state();
		if (!state.error().isEmpty()) {
			return state.error();
		}
		if (state.oomKilled()) {
			return "the kernel killed it for memory; its limit is " + Quantity.limit(container.memoryLimit());
		}
		if (container.word().equals(RESTARTING)) {
			return "ended with " + state.exitCode() + " and is being restarted";
		}
		if (container.health().equals(UNHEALTHY)) {
			return "its health check fails";
		}
		if (isolation.drifted() > 0) {
			return isolation.firstDrift();
		}
		return (container.privileged() && state.phase().isLive())
				? "runs privileged: no seccomp filter, every device and capability of the host" : "";
	}

	/** What can be done in a state. */
	public record Actions(boolean start, boolean stop, boolean pause, boolean unpause) {

		static Actions of(ContainerState.Phase phase, String state) {
			boolean restarting = state.equals(RESTARTING);
			return new Actions(phase.canStart() && !restarting, phase.isLive() || restarting,
					phase == ContainerState.Phase.RUNNING, phase == ContainerState.Phase.PAUSED);
		}

	}

}
