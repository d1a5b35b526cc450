package dev.caisson.platform.network;

import java.time.Instant;

import dev.caisson.engine.spec.NetworkId;
import org.jspecify.annotations.Nullable;

/**
 * A network that exists.
 *
 * @param id its id
 * @param created when
 * @param definition what was asked for and chosen
 * @param kind how it is made
 * @param fixedSubnet whether its client chose the subnets, so that containers may ask for
 * addresses
 */
public record Network(NetworkId id, Instant created, NetworkDefinition definition, Kind kind, boolean fixedSubnet) {

	public String name() {
		return this.definition.name();
	}

	public boolean isInternal() {
		return this.definition.isInternal();
	}

	/** Whether it is always there. */
	public boolean isPredefined() {
		return this.kind != Kind.USER;
	}

	/** Made by a client, or one of those that are always there. */
	public enum Kind {

		/** A bridge that a client asked for. */
		USER(null),
		/** The bridge of containers that name no network. */
		BRIDGE("bridge"),
		/** The host's own stack. */
		HOST("host"),
		/** Loopback alone. */
		NONE("none");

		private final @Nullable String reserved;

		Kind(@Nullable String reserved) {
			this.reserved = reserved;
		}

		@Nullable String reserved() {
			return this.reserved;
		}

	}

}
