package dev.caisson.engine.network;

import java.net.InetAddress;

import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.PublishedPort;

/**
 * A published port as it is.
 *
 * @param protocol of the transport
 * @param hostAddress the host's, or 0.0.0.0 or :: for all of a family
 * @param hostPort of the host
 * @param containerPort of the container
 */
public record BoundPort(PublishedPort.Protocol protocol, InetAddress hostAddress, int hostPort, int containerPort) {

	public boolean isIpv6() {
		return this.hostAddress.getAddress().length == 16;
	}

	/** As messages name it: {@code 0.0.0.0:8080}. */
	public String hostText() {
		String address = IpAddress.text(this.hostAddress);
		return (isIpv6() ? "[" + address + "]" : address) + ":" + this.hostPort;
	}

}
