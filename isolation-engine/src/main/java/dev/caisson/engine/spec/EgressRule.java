package dev.caisson.engine.spec;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What a container with an egress allow-list may reach outside of its networks.
 *
 * @param destination the addresses
 * @param protocol null is any
 * @param firstPort 0 is any port; with a protocol only
 * @param lastPort the highest
 */
public record EgressRule(CidrBlock destination, PublishedPort.@Nullable Protocol protocol, int firstPort,
		int lastPort) {

	private static final int HIGHEST = 65_535;

	public EgressRule {
		if (firstPort < 0 || lastPort > HIGHEST || firstPort > lastPort || (firstPort == 0 && lastPort != 0)
				|| (protocol == null && firstPort != 0)) {
			throw new InvalidSpecException("caisson.network.allow",
					"invalid ports " + firstPort + "-" + lastPort + ": use 1 to " + HIGHEST + " and a protocol");
		}
	}

	/**
	 * Reads {@code 10.0.0.0/8}, {@code 10.1.2.3:443/tcp}, {@code [fd00::/8]:53/udp} or
	 * {@code 10.0.0.0/8:8000-8100/tcp}. Ports without a protocol are TCP's.
	 * @throws InvalidSpecException if it is none of these
	 */
	public static EgressRule parse(String text) {
		String rest = text.strip();
		PublishedPort.Protocol protocol = null;
		int last = rest.lastIndexOf('/');
		if (last > 0 && !rest.substring(last + 1).matches("[0-9]+")) {
			protocol = PublishedPort.Protocol.named(rest.substring(last + 1).toLowerCase(Locale.ROOT));
			rest = rest.substring(0, last);
		}
		String ports = "";
		int colon = rest.lastIndexOf(':');
		if (rest.startsWith("[") ? rest.indexOf("]:") > 0 : rest.indexOf(':') == colon && colon > 0) {
			ports = rest.substring(colon + 1);
			rest = rest.substring(0, colon);
		}
		CidrBlock destination = destination(rest.replaceAll("^\\[|]$", ""), text);
		if (ports.isEmpty()) {
			return new EgressRule(destination, protocol, 0, 0);
		}
		if (!ports.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
			throw invalid(text);
		}
		String[] ends = ports.split("-");
		return new EgressRule(destination, (protocol != null) ? protocol : PublishedPort.Protocol.TCP,
				Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
	}

	private static CidrBlock destination(String block, String text) {
		try {
			if (block.indexOf('/') > 0) {
				return CidrBlock.parse(block);
			}
			return CidrBlock.around(IpAddress.parse(block), (block.indexOf(':') < 0) ? 32 : 128);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(text);
		}
	}

	private static InvalidSpecException invalid(String text) {
		return new InvalidSpecException("caisson.network.allow",
				"invalid egress rule " + text + ": use CIDR[:port[-port]][/tcp|udp|sctp]");
	}

	@Override
	public String toString() {
		String ports = (this.firstPort == 0) ? ""
				: ":" + this.firstPort + ((this.firstPort == this.lastPort) ? "" : "-" + this.lastPort);
		String block = this.destination.isIpv6() ? "[" + this.destination + "]" : this.destination.toString();
		return block + ports + ((this.protocol != null) ? "/" + this.protocol.word() : "");
	}

}
