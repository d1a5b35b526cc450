package dev.caisson.engine.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A message of netlink(7) that is being written: its header, the fixed part of its
 * family, and attributes, which may be nested. Numbers are in the machine's order unless
 * said otherwise. Not thread-safe.
 */
public final class NetlinkMessage {

	/** Of linux/netlink.h. */
	public static final int REQUEST = 1, MULTI = 2, ACK = 4, ECHO = 8, ROOT = 0x100, MATCH = 0x200, REPLACE = 0x100,
			EXCL = 0x200, CREATE = 0x400, APPEND = 0x800, DUMP = ROOT | MATCH;

	/** NLA_F_NESTED of linux/netlink.h. */
	private static final int NESTED = 0x8000;

	static final int HEADER = 16, ATTRIBUTE_HEADER = 4;

	private static final int FLAGS_AT = 6, SEQUENCE_AT = 8;

	private final String purpose;

	private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());

	/**
	 * Begins a message.
	 * @param type of the family, such as RTM_NEWLINK
	 * @param flags besides REQUEST
	 * @param purpose for the error message: {@code set vethab12cd3 up}
	 */
	public NetlinkMessage(int type, int flags, String purpose) {
		this.purpose = purpose;
		this.buffer.putInt(0).putShort((short) type).putShort((short) (flags | REQUEST)).putInt(0).putInt(0);
	}

	String purpose() {
		return this.purpose;
	}

	public NetlinkMessage u8(int... values) {
		for (int value : values) {
			room(1).put((byte) value);
		}
		return this;
	}

	public NetlinkMessage u16(int value) {
		room(2).putShort((short) value);
		return this;
	}

	public NetlinkMessage u32(int value) {
		room(4).putInt(value);
		return this;
	}

	/** An attribute without value, or with any. */
	public NetlinkMessage attribute(int type, byte... value) {
		room(ATTRIBUTE_HEADER + value.length + 4).putShort((short) (ATTRIBUTE_HEADER + value.length))
			.putShort((short) type)
			.put(value);
		align();
		return this;
	}

	public NetlinkMessage attribute(int type, String value) {
		byte[] text = value.getBytes(StandardCharsets.UTF_8);
		return attribute(type, Arrays.copyOf(text, text.length + 1));
	}

	public NetlinkMessage attribute32(int type, int value) {
		room(8).putShort((short) 8).putShort((short) type).putInt(value);
		return this;
	}

	/** Opens an attribute that holds attributes; answers what {@link #end} takes. */
	public int begin(int type) {
		int at = room(ATTRIBUTE_HEADER).position();
		this.buffer.putShort((short) 0).putShort((short) (type | NESTED));
		return at;
	}

	public NetlinkMessage end(int begun) {
		this.buffer.putShort(begun, (short) (this.buffer.position() - begun));
		return this;
	}

	/** Room for a fixed part that an attribute begins with. */
	public NetlinkMessage zeros(int count) {
		room(count).put(new byte[count]);
		return this;
	}

	/**
	 * The message as sent: with its length, a number of its own and a wish for an answer.
	 */
	ByteBuffer bytes(int sequence, boolean acknowledged) {
		ByteBuffer copy = this.buffer.duplicate().order(ByteOrder.nativeOrder());
		copy.putInt(0, copy.position()).putInt(SEQUENCE_AT, sequence);
		if (acknowledged) {
			copy.putShort(FLAGS_AT, (short) (copy.getShort(FLAGS_AT) | ACK));
		}
		return copy.flip();
	}

	private void align() {
		while (this.buffer.position() % 4 != 0) {
			this.buffer.put((byte) 0);
		}
	}

	private ByteBuffer room(int count) {
		if (this.buffer.remaining() < count) {
			ByteBuffer larger = ByteBuffer.allocate(2 * (this.buffer.capacity() + count))
				.order(ByteOrder.nativeOrder());
			this.buffer = larger.put(this.buffer.flip());
		}
		return this.buffer;
	}

}
