package dev.caisson.platform.container;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.image.Digest;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.platform.container.definition.Definition;
import org.jspecify.annotations.Nullable;

/**
 * A container that exists: what was asked for, and the engine's side of it. Safe for use
 * by many threads.
 */
final class ContainerEntry {

	private final Instant created;

	private final String image;

	private final Digest imageId;

	private final Container container;

	/** Held by who starts or removes: the two exclude each other. */
	private final ReentrantLock transition = new ReentrantLock();

	private final RestartCourse restarts = new RestartCourse();

	private final CompletableFuture<ContainerState> removed = new CompletableFuture<>();

	private volatile String name;

	private volatile Definition definition;

	private volatile boolean removing;

	private volatile @Nullable Health health;

	ContainerEntry(String name, Instant created, String image, Digest imageId, Definition definition,
			Container container) {
		this.name = name;
		this.created = created;
		this.image = image;
		this.imageId = imageId;
		this.definition = definition;
		this.container = container;
	}

	ContainerId id() {
		return this.container.id();
	}

	/** Without a slash. */
	String name() {
		return this.name;
	}

	void rename(String name) {
		this.name = name;
	}

	Instant created() {
		return this.created;
	}

	/** As the client named it. */
	String image() {
		return this.image;
	}

	Digest imageId() {
		return this.imageId;
	}

	Definition definition() {
		return this.definition;
	}

	void redefine(Definition definition) {
		this.definition = definition;
	}

	RestartCourse restarts() {
		return this.restarts;
	}

	/** Null if it has never been checked. */
	@Nullable Health health() {
		return this.health;
	}

	void setHealth(Health health) {
		this.health = health;
	}

	Container container() {
		return this.container;
	}

	ContainerState state() {
		return this.container.state();
	}

	boolean isLive() {
		return state().phase().isLive();
	}

	ReentrantLock transition() {
		return this.transition;
	}

	boolean isRemoving() {
		return this.removing;
	}

	void setRemoving(boolean removing) {
		this.removing = removing;
	}

	/**
	 * Completes with the last state when nothing of it is left, its name included. The
	 * engine's own future completes earlier.
	 */
	CompletableFuture<ContainerState> removed() {
		return this.removed;
	}

	/** The name that its processes see. */
	String hostname() {
		String given = this.definition.config().hostname();
		return given.isEmpty() ? id().shortForm() : given;
	}

}
