package dev.caisson.engine.network;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.NetlinkAttributes;
import dev.caisson.engine.linux.NetlinkMessage;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.spec.CidrBlock;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * What rtnetlink(7) is asked for: messages that are sent together, and what it answers.
 */
final class Links {

	static final String VETH_PREFIX = "veth";

	/** Of linux/rtnetlink.h. */
	static final int NEWLINK = 16, DELLINK = 17, GETLINK = 18, SETLINK = 19, NEWADDR = 20, DELADDR = 21, GETADDR = 22,
			NEWROUTE = 24, DELROUTE = 25, GETROUTE = 26;

	/** sizeof struct ifinfomsg, ifaddrmsg, rtmsg. */
	static final int LINK_SIZE = 16, ADDRESS_SIZE = 8, ROUTE_SIZE = 12;

	/** Of linux/if_link.h. */
	static final int ADDRESS = 1, IFNAME = 3, MTU = 4, LINK = 5, MASTER = 10, LINKINFO = 18, AF_SPEC = 26, GROUP = 27,
			NET_NS_FD = 28, IFALIAS = 20, INFO_KIND = 1, INFO_DATA = 2, INFO_SLAVE_KIND = 4, INFO_SLAVE_DATA = 5,
			INET6_ADDR_GEN_MODE = 8, ADDR_GEN_MODE_NONE = 1, BRPORT_MODE = 4, BRPORT_ISOLATED = 33;

	/** Of linux/veth.h. */
	private static final int VETH_INFO_PEER = 1;

	/** Of linux/if.h. */
	static final int IFF_UP = 1;

	static final int AF_INET = 2, AF_INET6 = 10, AF_BRIDGE = 7;

	/** Of linux/if_addr.h. */
	private static final int IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_FLAGS = 8, IFA_F_NODAD = 2;

	/** Of linux/rtnetlink.h. */
	private static final int RT_TABLE_MAIN = 254, RTPROT_BOOT = 3, RTN_UNICAST = 1, RTA_DST = 1, RTA_OIF = 4,
			RTA_GATEWAY = 5, RTA_TABLE = 15;

	/** Of linux/pkt_sched.h and linux/rtnetlink.h. */
	private static final int NEWQDISC = 36, TC_H_ROOT = 0xffffffff, TCA_KIND = 1, TCA_OPTIONS = 2, TCA_TBF_PARMS = 1,
			TCA_TBF_RATE64 = 4, TCA_TBF_BURST = 6, TC_LINKLAYER_ETHERNET = 1, RATESPEC_SIZE = 12;

	/** A packet may be as large as the device's offloading makes it. */
	private static final long SMALLEST_BURST = 1 << 16;

	private Links() {
	}

	/** A bridge, down and without address. */
	static NetlinkMessage bridge(String name, int mtu, MacAddress mac) {
		NetlinkMessage message = new NetlinkMessage(NEWLINK, NetlinkMessage.CREATE | NetlinkMessage.EXCL,
				"make bridge " + name);
		header(message, 0, 0).attribute(IFNAME, name).attribute(ADDRESS, mac.octets());
		if (mtu > 0) {
			message.attribute32(MTU, mtu);
		}
		int info = message.begin(LINKINFO);
		return message.attribute(INFO_KIND, "bridge").end(info);
	}

	/**
	 * A veth pair, both ends down.
	 * @param peer the other end's name, in another network namespace
	 * @param namespace that one
	 */
	static NetlinkMessage veth(String name, String peer, Fd namespace) {
		NetlinkMessage message = new NetlinkMessage(NEWLINK, NetlinkMessage.CREATE | NetlinkMessage.EXCL,
				"make veth " + name);
		header(message, 0, 0).attribute(IFNAME, name);
		int info = message.begin(LINKINFO);
		message.attribute(INFO_KIND, "veth");
		int data = message.begin(INFO_DATA);
		int other = message.begin(VETH_INFO_PEER);
		message.zeros(LINK_SIZE).attribute(IFNAME, peer).attribute32(NET_NS_FD, namespace.number());
		return message.end(other).end(data).end(info);
	}

	/** A device by its name, brought up or left as it is. */
	static NetlinkMessage set(String name, boolean up, String purpose) {
		NetlinkMessage message = new NetlinkMessage(SETLINK, 0, purpose + " " + name);
		return header(message, 0, up ? IFF_UP : 0).attribute(IFNAME, name);
	}

	/** No link-local address of its own, so no packets either: there is no IPv6. */
	static NetlinkMessage withoutIpv6(NetlinkMessage message) {
		int families = message.begin(AF_SPEC);
		int family = message.begin(AF_INET6);
		return message.attribute(INET6_ADDR_GEN_MODE, (byte) ADDR_GEN_MODE_NONE).end(family).end(families);
	}

	/** A port of a bridge that reaches the bridge alone, no other such port. */
	static NetlinkMessage isolated(String name) {
		return port(name, BRPORT_ISOLATED, "isolate");
	}

	/**
	 * A port that may send back what it received: a container that calls itself by a
	 * published port, where the kernel translates addresses of bridged packets.
	 */
	static NetlinkMessage hairpin(String name) {
		return port(name, BRPORT_MODE, "set hairpin of");
	}

	private static NetlinkMessage port(String name, int attribute, String purpose) {
		// RTM_SETLINK passes over what is for the master
		NetlinkMessage message = header(new NetlinkMessage(NEWLINK, 0, purpose + " " + name), 0, 0).attribute(IFNAME,
				name);
		int info = message.begin(LINKINFO);
		message.attribute(INFO_SLAVE_KIND, "bridge");
		int data = message.begin(INFO_SLAVE_DATA);
		return message.attribute(attribute, (byte) 1).end(data).end(info);
	}

	/**
	 * A token bucket as the device's only queue, see tc-tbf(8).
	 * @param rate bytes a second
	 */
	static NetlinkMessage rate(int index, long rate, String name) {
		long burst = Math.max(rate / 50, SMALLEST_BURST);
		NetlinkMessage message = new NetlinkMessage(NEWQDISC, NetlinkMessage.CREATE | NetlinkMessage.REPLACE,
				"limit the rate of " + name);
		message.u8(0, 0).u16(0).u32(index).u32(0).u32(TC_H_ROOT).u32(0).attribute(TCA_KIND, "tbf");
		int options = message.begin(TCA_OPTIONS);
		int parameters = message.begin(TCA_TBF_PARMS);
		// struct tc_tbf_qopt: the rate, no peak rate, bytes that may wait
		message.u8(0, TC_LINKLAYER_ETHERNET).u16(0).u16(0).u16(0).u32((int) Math.min(rate, 0xffffffffL));
		message.zeros(RATESPEC_SIZE).u32((int) Math.min(burst + rate / 10, Integer.MAX_VALUE)).u32(0).u32(0);
		message.end(parameters).attribute(TCA_TBF_RATE64, bytes(rate));
		message.attribute32(TCA_TBF_BURST, (int) Math.min(burst, Integer.MAX_VALUE));
		return message.end(options);
	}

	private static byte[] bytes(long value) {
		return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(value).array();
	}

	static NetlinkMessage delete(String name) {
		return header(new NetlinkMessage(DELLINK, 0, "delete " + name), 0, 0).attribute(IFNAME, name);
	}

	/** An address that can be used at once: nobody else can have it. */
	static NetlinkMessage address(int index, InetAddress address, int prefix) {
		byte[] bytes = address.getAddress();
		NetlinkMessage message = new NetlinkMessage(NEWADDR, NetlinkMessage.CREATE | NetlinkMessage.REPLACE,
				"add address " + IpAddress.text(address) + "/" + prefix);
		message.u8(family(bytes), prefix, 0, 0).u32(index).attribute(IFA_LOCAL, bytes).attribute(IFA_ADDRESS, bytes);
		return (bytes.length == 16) ? message.attribute32(IFA_FLAGS, IFA_F_NODAD) : message;
	}

	static NetlinkMessage defaultRoute(int index, InetAddress gateway) {
		byte[] bytes = gateway.getAddress();
		NetlinkMessage message = new NetlinkMessage(NEWROUTE, NetlinkMessage.CREATE | NetlinkMessage.REPLACE,
				"default route by " + IpAddress.text(gateway));
		message.u8(family(bytes), 0, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, 0, RTN_UNICAST).u32(0);
		return message.attribute(RTA_GATEWAY, bytes).attribute32(RTA_OIF, index);
	}

	static Optional<Device> find(NetlinkSocket socket, String name) {
		NetlinkMessage message = header(new NetlinkMessage(GETLINK, 0, "find " + name), 0, 0).attribute(IFNAME, name);
		try {
			return socket.query(message, LINK_SIZE).stream().findFirst().map(Device::of);
		}
		catch (LinuxException ex) {
			if (ex.is(Errno.ENODEV)) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	static List<Device> all(NetlinkSocket socket) {
		NetlinkMessage message = header(new NetlinkMessage(GETLINK, NetlinkMessage.DUMP, "list devices"), 0, 0);
		return socket.query(message, LINK_SIZE).stream().map(Device::of).toList();
	}

	/** The addresses of a device, with their prefixes. */
	static List<InterfaceAddress> addresses(NetlinkSocket socket, int index) {
		NetlinkMessage message = new NetlinkMessage(GETADDR, NetlinkMessage.DUMP, "list addresses").u8(0, 0, 0, 0)
			.u32(index);
		List<InterfaceAddress> found = new ArrayList<>();
		for (NetlinkAttributes answer : socket.query(message, ADDRESS_SIZE)) {
			answer.bytes(IFA_LOCAL)
				.or(() -> answer.bytes(IFA_ADDRESS))
				.ifPresent((bytes) -> found.add(new InterfaceAddress(IpAddress.of(bytes), answer.fixed8(1), null)));
		}
		return found;
	}

	/** All routes of the main table. */
	static List<Route> routes(NetlinkSocket socket) {
		List<Route> found = new ArrayList<>();
		for (int family : new int[] { AF_INET, AF_INET6 }) {
			NetlinkMessage message = new NetlinkMessage(GETROUTE, NetlinkMessage.DUMP, "list routes")
				.u8(family, 0, 0, 0, 0, 0, 0, 0)
				.u32(0);
			for (NetlinkAttributes answer : socket.query(message, ROUTE_SIZE)) {
				if (answer.number(RTA_TABLE).orElse(RT_TABLE_MAIN) == RT_TABLE_MAIN) {
					found.add(route(answer, (family == AF_INET) ? 4 : 16));
				}
			}
		}
		return found;
	}

	private static Route route(NetlinkAttributes answer, int length) {
		InetAddress destination = IpAddress.of(answer.bytes(RTA_DST).orElse(new byte[length]));
		return new Route(CidrBlock.around(destination, answer.fixed8(1)),
				answer.bytes(RTA_GATEWAY).map(IpAddress::of).orElse(null), answer.number(RTA_OIF).orElse(0));
	}

	private static int family(byte[] address) {
		return (address.length == 4) ? AF_INET : AF_INET6;
	}

	private static NetlinkMessage header(NetlinkMessage message, int index, int up) {
		return message.u8(0, 0).u16(0).u32(index).u32(up).u32(up);
	}

	/**
	 * A device as the kernel describes it.
	 *
	 * @param index in its namespace
	 * @param name its name
	 * @param up whether it has been brought up
	 * @param kind such as {@code bridge}; empty for hardware
	 * @param mac null for those without
	 * @param mtu bytes
	 * @param master the index of its bridge, 0 for none
	 * @param peer the index of a veth's other end, in the namespace that has it
	 * @param alias what its maker noted
	 */
	record Device(int index, String name, boolean up, String kind, @Nullable MacAddress mac, int mtu, int master,
			int peer, String alias) {

		static Device of(NetlinkAttributes answer) {
			byte[] mac = answer.bytes(ADDRESS).orElse(new byte[0]);
			boolean real = mac.length == 6 && (mac[0] & 1) == 0 && !java.util.Arrays.equals(mac, new byte[6]);
			return new Device(answer.fixed32(4), answer.text(IFNAME).orElse(""), (answer.fixed32(8) & IFF_UP) != 0,
					answer.nested(LINKINFO).flatMap((info) -> info.text(INFO_KIND)).orElse(""),
					real ? MacAddress.of(mac) : null, answer.number(MTU).orElse(0), answer.number(MASTER).orElse(0),
					answer.number(LINK).orElse(0), answer.text(IFALIAS).orElse(""));
		}

	}

	/**
	 * A route of the main table.
	 *
	 * @param destination where to
	 * @param gateway null for a subnet of the device itself
	 * @param device its index, 0 for none
	 */
	record Route(CidrBlock destination, @Nullable InetAddress gateway, int device) {
	}

}
