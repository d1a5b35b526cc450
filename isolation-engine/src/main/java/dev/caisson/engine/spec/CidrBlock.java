package dev.caisson.engine.spec;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * A block of IPv4 or IPv6 addresses, RFC 4632 and RFC 4291 section 2.3.
 *
 * @param network the first address; its host bits are zero
 * @param prefix the length of the prefix in bits
 */
public record CidrBlock(InetAddress network, int prefix) {

	public CidrBlock {
		if (prefix < 0 || prefix > bits(network)) {
			throw new InvalidSpecException("Subnet", "invalid prefix length /" + prefix + " of "
					+ IpAddress.text(network) + ": use 0 to " + bits(network));
		}
		InetAddress first = mask(network, prefix);
		if (!first.equals(network)) {
			throw new InvalidSpecException("Subnet", "invalid subnet " + IpAddress.text(network) + "/" + prefix
					+ ": it should be " + IpAddress.text(first) + "/" + prefix);
		}
	}

	/**
	 * Reads {@code 172.18.0.0/16} or {@code fd00:1::/64}.
	 * @throws InvalidSpecException if it is no block of addresses
	 */
	public static CidrBlock parse(String text) {
		int slash = text.indexOf('/');
		if (slash < 1 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
			throw new InvalidSpecException("Subnet", "invalid CIDR address: " + text);
		}
		try {
			return new CidrBlock(IpAddress.parse(text.substring(0, slash)),
					Integer.parseInt(text.substring(slash + 1)));
		}
		catch (IllegalArgumentException ex) {
			if (ex instanceof InvalidSpecException invalid && invalid.getMessage().contains("it should be")) {
				throw invalid;
			}
			throw new InvalidSpecException("Subnet", "invalid CIDR address: " + text);
		}
	}

	/** The block of this size that an address is in. */
	public static CidrBlock around(InetAddress address, int prefix) {
		return new CidrBlock(mask(address, prefix), prefix);
	}

	public boolean isIpv6() {
		return this.network instanceof Inet6Address;
	}

	public boolean contains(InetAddress address) {
		return address.getClass() == this.network.getClass() && mask(address, this.prefix).equals(this.network);
	}

	public boolean contains(CidrBlock other) {
		return other.prefix >= this.prefix && contains(other.network);
	}

	public boolean overlaps(CidrBlock other) {
		return contains(other) || other.contains(this);
	}

	/** How many addresses it has, including the first and the last. */
	public BigInteger size() {
		return BigInteger.ONE.shiftLeft(bits(this.network) - this.prefix);
	}

	/**
	 * The address that is so far behind the first.
	 * @throws IllegalArgumentException if it is not in this block
	 */
	public InetAddress at(long offset) {
		BigInteger wanted = BigInteger.valueOf(offset);
		if (offset < 0 || wanted.compareTo(size()) >= 0) {
			throw new IllegalArgumentException("no address " + offset + " in " + this);
		}
		return address(new BigInteger(1, this.network.getAddress()).add(wanted), bits(this.network) / 8);
	}

	/** How far an address of this block is behind the first. */
	public BigInteger offset(InetAddress address) {
		return new BigInteger(1, address.getAddress()).subtract(new BigInteger(1, this.network.getAddress()));
	}

	/** The last address; of an IPv4 subnet, its broadcast address. */
	public InetAddress last() {
		BigInteger last = new BigInteger(1, this.network.getAddress()).add(size()).subtract(BigInteger.ONE);
		return address(last, bits(this.network) / 8);
	}

	private static int bits(InetAddress address) {
		return address.getAddress().length * 8;
	}

	private static InetAddress mask(InetAddress address, int prefix) {
		byte[] bytes = address.getAddress();
		for (int i = 0; i < bytes.length; i++) {
			int kept = Math.clamp(prefix - 8L * i, 0, 8);
			bytes[i] &= (byte) (0xff << (8 - kept));
		}
		return IpAddress.of(bytes);
	}

	private static InetAddress address(BigInteger value, int length) {
		byte[] bytes = value.toByteArray();
		byte[] exact = new byte[length];
		int count = Math.min(bytes.length, length);
		System.arraycopy(bytes, bytes.length - count, exact, length - count, count);
		return IpAddress.of(exact);
	}

	@Override
	public String toString() {
		return IpAddress.text(this.network) + "/" + this.prefix;
	}

}
