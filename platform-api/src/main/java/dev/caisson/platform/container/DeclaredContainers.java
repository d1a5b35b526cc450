package dev.caisson.platform.container;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.platform.container.definition.Definition;

import org.springframework.stereotype.Component;

/**
 * The containers for those who hold what runs against what was declared. Safe for use by
 * many threads.
 */
@Component
public final class DeclaredContainers {

	private final ContainerRegistry registry;

	private final ContainerSpecs specs;

	DeclaredContainers(ContainerRegistry registry, ContainerSpecs specs) {
		this.registry = registry;
		this.specs = specs;
	}

	/**
	 * Finds one by id, name, or the beginning of an id.
	 * @throws NoSuchContainerException if there is none
	 */
	public Declared find(String reference) {
		return declared(this.registry.find(reference));
	}

	/** One by its whole id; empty if it has been removed. */
	public Optional<Declared> byId(String id) {
		return this.registry.find(new ContainerId(id)).map(this::declared);
	}

	/** Those that have a process. */
	public List<Declared> live() {
		return this.registry.all().stream().filter(ContainerEntry::isLive).map(this::declared).toList();
	}

	private Declared declared(ContainerEntry entry) {
		return new Declared(entry.id().value(), entry.name(), entry.image(), entry.definition(), entry.container(),
				() -> this.specs.of(entry));
	}

	/**
	 * A container and what was asked for.
	 *
	 * @param id 64 hex digits
	 * @param name without a slash
	 * @param image as the client named it
	 * @param definition in Docker's words
	 * @param container the engine's side
	 * @param specification in the engine's words, made when asked for
	 */
	public record Declared(String id, String name, String image, Definition definition, Container container,
			Supplier<ContainerSpec> specification) {
	}

}
