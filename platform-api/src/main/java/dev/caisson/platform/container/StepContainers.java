package dev.caisson.platform.container;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.platform.container.definition.CreateRequest;

import org.springframework.stereotype.Component;

/**
 * Containers for the steps of a build: ordinary ones, but that whoever builds starts and
 * removes them. Safe for use by many threads.
 */
@Component
public final class StepContainers {

	private final ContainerCreation creation;

	private final ContainerLifecycle lifecycle;

	private final ContainerRegistry registry;

	StepContainers(ContainerCreation creation, ContainerLifecycle lifecycle, ContainerRegistry registry) {
		this.creation = creation;
		this.lifecycle = lifecycle;
		this.registry = registry;
	}

	/**
	 * Makes a container that does not run yet.
	 * @param id not in use
	 * @param request the body of a create request
	 * @throws dev.caisson.engine.spec.InvalidSpecException if something in it cannot be
	 */
	public StepContainer create(ContainerId id, byte[] request) {
		this.creation.create(id, "", CreateRequest.parse(request));
		return new StepContainer(this.registry.find(id.value()), this.lifecycle);
	}

	/**
	 * Removes what an earlier service left of one; nothing happens if it is not there.
	 */
	public void removeLeftover(ContainerId id) {
		this.registry.find(id).ifPresent((entry) -> this.lifecycle.remove(entry, true, true));
	}

}
