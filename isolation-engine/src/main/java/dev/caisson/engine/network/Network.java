package dev.caisson.engine.network;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.NetworkSpec;

/** A network and who is in it. Guarded by {@link Register}. */
final class Network {

	private final NetworkSpec spec;

	private final AddressBook addresses;

	private final Map<ContainerId, Endpoint> endpoints = new LinkedHashMap<>();

	Network(NetworkSpec spec) {
		this.spec = spec;
		this.addresses = new AddressBook(spec);
	}

	NetworkSpec spec() {
		return this.spec;
	}

	AddressBook addresses() {
		return this.addresses;
	}

	Map<ContainerId, Endpoint> endpoints() {
		return this.endpoints;
	}

}
