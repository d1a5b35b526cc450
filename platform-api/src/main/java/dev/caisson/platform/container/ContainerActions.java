package dev.caisson.platform.container;

import dev.caisson.platform.server.NotModifiedException;

import org.springframework.stereotype.Component;

/**
 * What is done to containers, for those in this process who are no clients of the Docker
 * API: the same verbs with the same rules. Whoever calls must have been asked who he is,
 * and his call must be on the audit log. Safe for use by many threads.
 */
@Component
public final class ContainerActions {

	private final ContainerRegistry registry;

	private final ContainerLifecycle lifecycle;

	ContainerActions(ContainerRegistry registry, ContainerLifecycle lifecycle) {
		this.registry = registry;
		this.lifecycle = lifecycle;
	}

	/**
	 * Does it.
	 * @param reference the container's id, name, or the beginning of its id
	 * @throws dev.caisson.platform.server.ApiException in Docker's words if it cannot be
	 */
	public void perform(Verb verb, String reference) {
		ContainerEntry entry = this.registry.find(reference);
		try {
			perform(verb, entry, reference);
		}
		catch (NotModifiedException ex) {
			// it is as it was wanted to be already
			return;
		}
	}

	private void perform(Verb verb, ContainerEntry entry, String reference) {
		switch (verb) {
			case START -> this.lifecycle.start(entry);
			case STOP -> this.lifecycle.stop(entry, null, "");
			case RESTART -> this.lifecycle.restart(entry, null, "");
			case KILL -> this.lifecycle.kill(entry, reference, "");
			case PAUSE -> this.lifecycle.pause(entry);
			case UNPAUSE -> this.lifecycle.unpause(entry);
			case REMOVE -> this.lifecycle.remove(entry, true, false);
		}
	}

	/** Verbs of the Docker API. */
	public enum Verb {

		START, STOP, RESTART, KILL, PAUSE, UNPAUSE,

		/** Kills it first if it runs; its named volumes stay. */
		REMOVE;

		public String word() {
			return name().toLowerCase(java.util.Locale.ROOT);
		}

	}

}
