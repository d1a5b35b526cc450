package dev.caisson.engine.network;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.NetlinkSocket;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace with a socket in it, loopback up, and perhaps a veth pair whose
 * inner end is {@value #FIRST_DEVICE}.
 *
 * @param namespace the namespace
 * @param inside rtnetlink within it
 * @param device the veth's end on the host; null for none
 * @param index of its inner end
 */
record PreparedNamespace(Fd namespace, NetlinkSocket inside, @Nullable String device,
		int index) implements AutoCloseable {

	/** What the first veth of a container is called inside. */
	static final String FIRST_DEVICE = "eth0";

	@Override
	public void close() {
		this.inside.close();
		this.namespace.close();
	}

}
