package dev.caisson.engine.network.dns;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What takes a container's questions from 127.0.0.11:53 to the port where they are
 * answered, and the answers back: <pre>
 *   output   daddr 127.0.0.11 dport 53    dport set PORT
 *            saddr 127.0.0.11 sport PORT  sport set 53
 * </pre> So port 53 stays free for a server in the container, on any address. Ports are
 * rewritten packet by packet: without connection tracking in the container's namespace.
 * The batch is the wire form of nfnetlink (linux/netfilter/nfnetlink.h and nf_tables.h),
 * the same bytes for every container.
 */
final class RedirectRules {

	/** Above the kernel's ephemeral ports, ip_local_port_range. */
	static final int PORT = 64_053;

	private static final int DNS = 53;

	private static final byte[] ADDRESS = { 127, 0, 0, 11 };

	private static final String TABLE = "caisson-dns", CHAIN = "output";

	/** Of linux/netlink.h. */
	private static final int NLM_F_REQUEST = 1, NLM_F_ACK = 4, NLM_F_CREATE = 0x400, NLM_F_APPEND = 0x800,
			NLA_F_NESTED = 0x8000;

	/** Of linux/netfilter/nfnetlink.h. */
	private static final int BATCH_BEGIN = 0x10, BATCH_END = 0x11, SUBSYS_NFTABLES = 10;

	/** Of linux/netfilter/nf_tables.h, enum nf_tables_msg_types. */
	private static final int NEWTABLE = 0, DELTABLE = 2, NEWCHAIN = 3, NEWRULE = 6;

	private static final int NFPROTO_IPV4 = 2, NF_INET_LOCAL_OUT = 3, PRIORITY_RAW = -300, REGISTER = 1,
			META_L4PROTO = 16, BASE_NETWORK = 1, BASE_TRANSPORT = 2, CSUM_INET = 1;

	/** Offsets in the headers of IPv4, and of UDP and TCP alike. */
	private static final int SOURCE_ADDRESS = 12, DESTINATION_ADDRESS = 16, SOURCE_PORT = 0, DESTINATION_PORT = 2;

	private static final int TCP = 6, UDP = 17, TCP_CHECKSUM = 16, UDP_CHECKSUM = 6;

	private final ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());

	private int sequence = 1;

	private RedirectRules() {
	}

	/** The batch for a namespace, whatever is left of the rules there. */
	static byte[] batch() {
		RedirectRules rules = new RedirectRules();
		rules.message(BATCH_BEGIN, 0, 0, SUBSYS_NFTABLES, () -> {
		});
		rules.table(NEWTABLE, NLM_F_CREATE);
		rules.table(DELTABLE, 0);
		rules.table(NEWTABLE, NLM_F_CREATE);
		rules.chain();
		rules.question(UDP, UDP_CHECKSUM, 0);
		rules.answer(UDP, UDP_CHECKSUM, 0);
		rules.question(TCP, TCP_CHECKSUM, 0);
		rules.answer(TCP, TCP_CHECKSUM, NLM_F_ACK);
		rules.message(BATCH_END, 0, 0, SUBSYS_NFTABLES, () -> {
		});
		return java.util.Arrays.copyOf(rules.out.array(), rules.out.position());
	}

	private void table(int type, int flags) {
		message(SUBSYS_NFTABLES << 8 | type, flags, NFPROTO_IPV4, 0, () -> text(1, TABLE));
	}

	private void chain() {
		message(SUBSYS_NFTABLES << 8 | NEWCHAIN, NLM_F_CREATE, NFPROTO_IPV4, 0, () -> {
			text(1, TABLE);
			text(3, CHAIN);
			nested(4, () -> {
				number(1, NF_INET_LOCAL_OUT);
				number(2, PRIORITY_RAW);
			});
			text(7, "filter");
		});
	}

	private void question(int protocol, int checksum, int flags) {
		rule(flags, () -> {
			matchProtocol(protocol);
			match(BASE_NETWORK, DESTINATION_ADDRESS, ADDRESS);
			match(BASE_TRANSPORT, DESTINATION_PORT, port(DNS));
			rewrite(DESTINATION_PORT, port(PORT), checksum);
		});
	}

	private void answer(int protocol, int checksum, int flags) {
		rule(flags, () -> {
			matchProtocol(protocol);
			match(BASE_NETWORK, SOURCE_ADDRESS, ADDRESS);
			match(BASE_TRANSPORT, SOURCE_PORT, port(PORT));
			rewrite(SOURCE_PORT, port(DNS), checksum);
		});
	}

	private void rule(int flags, Runnable expressions) {
		message(SUBSYS_NFTABLES << 8 | NEWRULE, NLM_F_CREATE | NLM_F_APPEND | flags, NFPROTO_IPV4, 0, () -> {
			text(1, TABLE);
			text(2, CHAIN);
			nested(4, expressions);
		});
	}

	private void matchProtocol(int protocol) {
		expression("meta", () -> {
			number(1, REGISTER);
			number(2, META_L4PROTO);
		});
		compare(new byte[] { (byte) protocol });
	}

	private void match(int base, int offset, byte[] value) {
		expression("payload", () -> {
			number(1, REGISTER);
			number(2, base);
			number(3, offset);
			number(4, value.length);
		});
		compare(value);
	}

	private void compare(byte[] value) {
		expression("cmp", () -> {
			number(1, REGISTER);
			number(2, 0);
			nested(3, () -> bytes(1, value));
		});
	}

	private void rewrite(int offset, byte[] value, int checksum) {
		expression("immediate", () -> {
			number(1, REGISTER);
			nested(2, () -> bytes(1, value));
		});
		expression("payload", () -> {
			number(5, REGISTER);
			number(2, BASE_TRANSPORT);
			number(3, offset);
			number(4, value.length);
			number(6, CSUM_INET);
			number(7, checksum);
		});
	}

	private static byte[] port(int number) {
		return new byte[] { (byte) (number >> 8), (byte) number };
	}

	private void expression(String name, Runnable data) {
		nested(1, () -> {
			text(1, name);
			nested(2, data);
		});
	}

	/** struct nlmsghdr and struct nfgenmsg, then the attributes. */
	private void message(int type, int flags, int family, int resource, Runnable attributes) {
		int start = this.out.position();
		this.out.putInt(0).putShort((short) type).putShort((short) (NLM_F_REQUEST | flags));
		this.out.putInt(this.sequence++).putInt(0);
		this.out.put((byte) family).put((byte) 0).put((byte) (resource >> 8)).put((byte) resource);
		attributes.run();
		this.out.putInt(start, this.out.position() - start);
	}

	private void nested(int type, Runnable content) {
		int start = this.out.position();
		this.out.putShort((short) 0).putShort((short) (NLA_F_NESTED | type));
		content.run();
		this.out.putShort(start, (short) (this.out.position() - start));
	}

	private void number(int type, int value) {
		bytes(type, ByteBuffer.allocate(4).putInt(value).array());
	}

	private void text(int type, String value) {
		bytes(type, (value + "\0").getBytes(StandardCharsets.US_ASCII));
	}

	private void bytes(int type, byte[] value) {
		this.out.putShort((short) (4 + value.length)).putShort((short) type).put(value);
		this.out.position(this.out.position() + (-value.length & 3));
	}

}
