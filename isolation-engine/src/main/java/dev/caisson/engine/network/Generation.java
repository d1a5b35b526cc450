package dev.caisson.engine.network;

import java.nio.ByteBuffer;

import dev.caisson.engine.linux.NetlinkMessage;
import dev.caisson.engine.linux.NetlinkSocket;

/**
 * The number of the ruleset of nftables, which grows by one with each transaction of
 * anybody: so it tells whether others have changed something, for the price of one small
 * call. Not thread-safe.
 */
final class Generation implements AutoCloseable {

	/** Of linux/netfilter/nfnetlink.h and nf_tables.h. */
	private static final int NFNL_SUBSYS_NFTABLES = 10, NFT_MSG_GETGEN = 16, NFTA_GEN_ID = 1, NFGENMSG_SIZE = 4;

	private final NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);

	private int last = read();

	/** Whether there was any transaction since this was last asked. */
	boolean hasMoved() {
		int before = this.last;
		this.last = read();
		return this.last != before;
	}

	/** Whether there was exactly one. */
	boolean hasMovedByOne() {
		int before = this.last;
		this.last = read();
		return this.last == before + 1;
	}

	private int read() {
		NetlinkMessage message = new NetlinkMessage((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETGEN, 0,
				"read the generation of nftables")
			.u8(0, 0)
			.u16(0);
		// in network order, unlike what rtnetlink says
		return this.socket.query(message, NFGENMSG_SIZE)
			.getFirst()
			.bytes(NFTA_GEN_ID)
			.map((bytes) -> ByteBuffer.wrap(bytes).getInt())
			.orElse(0);
	}

	@Override
	public void close() {
		this.socket.close();
	}

}
