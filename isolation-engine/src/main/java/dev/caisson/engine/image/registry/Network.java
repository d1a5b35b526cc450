package dev.caisson.engine.image.registry;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

/**
 * Addresses with a common beginning.
 *
 * @param address any of them
 * @param prefix bits that they have in common
 */
record Network(InetAddress address, int prefix) {

	/** Reads {@code 10.0.0.0/8}; anything else is null. */
	static @Nullable Network parse(String text) {
		int slash = text.indexOf('/');
		try {
			InetAddress address = InetAddress.ofLiteral(text.substring(0, Math.max(slash, 0)));
			int prefix = Integer.parseInt(text.substring(slash + 1));
			boolean fits = prefix >= 0 && prefix <= address.getAddress().length * Byte.SIZE;
			return fits ? new Network(address, prefix) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	boolean contains(InetAddress other) {
		byte[] ours = this.address.getAddress();
		byte[] theirs = other.getAddress();
		if (ours.length != theirs.length) {
			return false;
		}
		for (int bit = 0; bit < this.prefix; bit++) {
			int mask = 0x80 >> (bit % Byte.SIZE);
			if ((ours[bit / Byte.SIZE] & mask) != (theirs[bit / Byte.SIZE] & mask)) {
				return false;
			}
		}
		return true;
	}

}
