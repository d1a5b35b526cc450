package dev.caisson.engine.network;

import java.util.List;

import dev.caisson.engine.linux.Fd;

/**
 * A network namespace that a container is about to start in, and its endpoints: planned,
 * but for the kernel not yet made. Used by one thread at a time. Closing lets go of the
 * namespace, which the container keeps alive.
 */
public final class Attachment implements AutoCloseable {

	private final PreparedNamespace prepared;

	private final List<Endpoint> endpoints;

	private final Connections connections;

	Attachment(PreparedNamespace prepared, List<Endpoint> endpoints, Connections connections) {
		this.prepared = prepared;
		this.endpoints = List.copyOf(endpoints);
		this.connections = connections;
	}

	/** The namespace; belongs to this. */
	public Fd namespace() {
		return this.prepared.namespace();
	}

	public List<Endpoint> endpoints() {
		return this.endpoints;
	}

	/**
	 * What is to be on the ledger before {@link #apply}, see {@link Networks#release}.
	 */
	public List<String> ledgerNames() {
		return this.endpoints.stream().map(EndpointText::write).toList();
	}

	/** Makes it. What a failure leaves is undone by {@link Networks#release}. */
	public void apply() {
		this.connections.apply(this.endpoints, this.prepared);
	}

	/** Gives back what was planned and did not come onto the ledger. Safe to repeat. */
	public void abandon() {
		this.endpoints.forEach(this.connections::abandon);
	}

	@Override
	public void close() {
		this.prepared.close();
	}

}
