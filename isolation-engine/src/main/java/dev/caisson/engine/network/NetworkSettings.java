package dev.caisson.engine.network;

import java.net.InetAddress;
import java.util.List;

import dev.caisson.engine.spec.AddressPool;
import dev.caisson.engine.spec.CidrBlock;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;
import org.jspecify.annotations.Nullable;

/**
 * What the operator may set of networks.
 *
 * @param bridge the Linux bridge of the default network
 * @param subnet of the default network; null takes a free one
 * @param mtu of the default network, in bytes; 0 takes the kernel's
 * @param publishAddress where ports are published that name no host address; null is all
 */
public record NetworkSettings(String bridge, @Nullable CidrBlock subnet, int mtu,
		@Nullable InetAddress publishAddress) {

	public static final NetworkSettings DEFAULT = new NetworkSettings("caisson0", null, 0, null);

	/**
	 * What our tables of nftables are called: {@code caisson}, where the bridge is too.
	 */
	String table() {
		return DEFAULT.bridge().equals(this.bridge) ? "caisson" : "caisson-" + this.bridge;
	}

	/** The network that Docker calls bridge, as the operator wants it. */
	NetworkSpec defaultNetwork() {
		List<AddressPool> pools = (this.subnet != null) ? List.of(AddressPool.of(this.subnet)) : List.of();
		return new NetworkSpec(NetworkId.ofPredefined("bridge"), "bridge", this.bridge, pools, false, false, true, true,
				this.mtu, null);
	}

}
