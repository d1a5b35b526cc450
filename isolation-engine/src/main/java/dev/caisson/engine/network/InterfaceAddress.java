package dev.caisson.engine.network;

import java.net.InetAddress;

import dev.caisson.engine.spec.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * An address of a container's device.
 *
 * @param address of either family
 * @param prefix length of the subnet's prefix in bits
 * @param gateway of that subnet; null where there is no way out
 */
public record InterfaceAddress(InetAddress address, int prefix, @Nullable InetAddress gateway) {

	public boolean isIpv6() {
		return this.address.getAddress().length == 16;
	}

	@Override
	public String toString() {
		return IpAddress.text(this.address) + "/" + this.prefix;
	}

}
