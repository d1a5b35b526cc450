package dev.caisson.engine.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A message that the kernel has sent: its type, the fixed part of its family, and its
 * attributes.
 */
public final class NetlinkAttributes {

	/** NLA_TYPE_MASK of linux/netlink.h. */
	private static final int TYPE = 0x3fff;

	private final int messageType;

	private final ByteBuffer fixed;

	private final Map<Integer, ByteBuffer> values = new HashMap<>();

	/**
	 * Reads a message.
	 * @param body what follows the header
	 * @param fixedSize how much of it comes before the attributes
	 */
	NetlinkAttributes(int messageType, ByteBuffer body, int fixedSize) {
		this.messageType = messageType;
		int size = Math.min(fixedSize, body.remaining());
		this.fixed = slice(body, body.position(), size);
		read(slice(body, body.position() + size, body.remaining() - size));
	}

	private NetlinkAttributes(int messageType, ByteBuffer body) {
		this(messageType, body, 0);
	}

	private void read(ByteBuffer from) {
		while (from.remaining() >= NetlinkMessage.ATTRIBUTE_HEADER) {
			int start = from.position();
			int length = Short.toUnsignedInt(from.getShort(start));
			if (length < NetlinkMessage.ATTRIBUTE_HEADER || length > from.remaining()) {
				return;
			}
			this.values.put(from.getShort(start + 2) & TYPE,
					slice(from, start + NetlinkMessage.ATTRIBUTE_HEADER, length - NetlinkMessage.ATTRIBUTE_HEADER));
			from.position(Math.min(start + ((length + 3) & ~3), from.limit()));
		}
	}

	private static ByteBuffer slice(ByteBuffer from, int start, int length) {
		return from.slice(start, length).order(ByteOrder.nativeOrder());
	}

	/** Such as RTM_NEWLINK. */
	public int messageType() {
		return this.messageType;
	}

	public int fixed8(int at) {
		return Byte.toUnsignedInt(this.fixed.get(at));
	}

	public int fixed32(int at) {
		return this.fixed.getInt(at);
	}

	public Optional<String> text(int type) {
		return bytes(type).map((bytes) -> new String(bytes, 0, Math.max(bytes.length - 1, 0), StandardCharsets.UTF_8));
	}

	public OptionalInt number(int type) {
		ByteBuffer value = this.values.get(type);
		return (value != null && value.limit() >= 4) ? OptionalInt.of(value.getInt(0)) : OptionalInt.empty();
	}

	public Optional<byte[]> bytes(int type) {
		return Optional.ofNullable(this.values.get(type)).map((value) -> {
			byte[] bytes = new byte[value.limit()];
			value.get(0, bytes);
			return bytes;
		});
	}

	/** The attributes within an attribute. */
	public Optional<NetlinkAttributes> nested(int type) {
		return Optional.ofNullable(this.values.get(type))
			.map((value) -> new NetlinkAttributes(this.messageType, value.duplicate().order(ByteOrder.nativeOrder())));
	}

}
