package dev.caisson.engine.spec;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Literal IP addresses; a name is never looked up. */
public final class IpAddress {

	private IpAddress() {
	}

	/**
	 * Reads a literal of either family, without a scope.
	 * @throws IllegalArgumentException if it is none
	 */
	public static InetAddress parse(String text) {
		if (text.indexOf(':') < 0) {
			if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
				throw new IllegalArgumentException("invalid IP address: " + text);
			}
			return Inet4Address.ofLiteral(withoutLeadingZeros(text));
		}
		if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
			throw new IllegalArgumentException("invalid IP address: " + text);
		}
		return Inet6Address.ofLiteral(text);
	}

	/** An address from its 4 or 16 bytes. */
	public static InetAddress of(byte[] bytes) {
		try {
			// an IPv4 address mapped into IPv6 would change its family
			return (bytes.length == 16) ? Inet6Address.getByAddress(null, bytes, -1) : InetAddress.getByAddress(bytes);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException("an address of " + bytes.length + " bytes", ex);
		}
	}

	/** As RFC 5952 writes it: {@code fd00::1}. */
	public static String text(InetAddress address) {
		if (!(address instanceof Inet6Address)) {
			return address.getHostAddress();
		}
		String[] groups = IpAddress.of(address.getAddress()).getHostAddress().split(":");
		int start = 0;
		int length = 1;
		for (int i = 0, zeros = 0; i < groups.length; i++) {
			zeros = groups[i].equals("0") ? zeros + 1 : 0;
			if (zeros > length) {
				length = zeros;
				start = i - zeros + 1;
			}
		}
		if (length == 1) {
			return String.join(":", groups);
		}
		List<String> all = List.of(groups);
		return String.join(":", all.subList(0, start)) + "::"
				+ String.join(":", all.subList(start + length, groups.length));
	}

	/** 010 is octal to some and decimal to others. */
	private static String withoutLeadingZeros(String text) {
		for (String part : text.split("\\.")) {
			if (part.length() > 1 && part.startsWith("0")) {
				throw new IllegalArgumentException("invalid IP address: " + text);
			}
		}
		return text;
	}

}
