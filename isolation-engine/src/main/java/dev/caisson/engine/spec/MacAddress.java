package dev.caisson.engine.spec;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The hardware address of an Ethernet device.
 *
 * @param text six lower-case octets, {@code 02:42:ac:11:00:02}
 */
public record MacAddress(String text) {

	private static final Pattern FORM = Pattern.compile("[0-9a-f]{2}([:-][0-9a-f]{2}){5}");

	private static final HexFormat OCTETS = HexFormat.ofDelimiter(":");

	public MacAddress {
		String given = text;
		text = text.toLowerCase(Locale.ROOT).replace('-', ':');
		if (!FORM.matcher(text).matches()) {
			throw new InvalidSpecException("MacAddress", "invalid MAC address: " + given);
		}
		if ((HexFormat.fromHexDigits(text, 0, 2) & 1) != 0 || text.equals("00:00:00:00:00:00")) {
			throw new InvalidSpecException("MacAddress",
					"invalid MAC address: " + given + " is not the address of one device");
		}
	}

	/** A local one, made from an IP address: 02:42 and its last four octets. */
	public static MacAddress of(InetAddress address) {
		byte[] bytes = address.getAddress();
		byte[] octets = { 2, 0x42, 0, 0, 0, 0 };
		System.arraycopy(bytes, bytes.length - 4, octets, 2, 4);
		return of(octets);
	}

	public static MacAddress of(byte[] octets) {
		return new MacAddress(OCTETS.formatHex(octets));
	}

	public byte[] octets() {
		return OCTETS.parseHex(this.text);
	}

	@Override
	public String toString() {
		return this.text;
	}

}
