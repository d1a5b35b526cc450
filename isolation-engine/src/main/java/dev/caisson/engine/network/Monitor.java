package dev.caisson.engine.network;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.NetworkSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when somebody takes away what is ours, makes it again, and tells. Links are
 * told of by the kernel, the packet filter's number is read: twice a second, so that a
 * burst of launches costs no wake-up each. One platform thread.
 */
final class Monitor implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);

	private static final Duration INTERVAL = Duration.ofMillis(500);

	/** Of linux/rtnetlink.h. */
	private static final int RTNLGRP_LINK = 1, RTNLGRP_IPV4_IFADDR = 5, RTNLGRP_IPV6_IFADDR = 9;

	private final NetlinkSocket host;

	private final NetlinkSocket news = NetlinkSocket.subscribe(NetlinkSocket.ROUTE, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
			RTNLGRP_IPV6_IFADDR);

	private final Register register;

	private final PacketFilter filter;

	private final Bridges bridges;

	private final Cables cables;

	private final NamespaceVisitor visitor;

	private final ToIntFunction<ContainerId> pidOf;

	private final Consumer<NetworkChange> listener;

	private final Object definitions;

	private final Thread thread;

	private volatile boolean closed;

	/**
	 * Begins to watch.
	 * @param definitions the lock under which networks come and go
	 */
	Monitor(NetlinkSocket host, Register register, PacketFilter filter, Bridges bridges, Cables cables,
			NamespaceVisitor visitor, ToIntFunction<ContainerId> pidOf, Consumer<NetworkChange> listener,
			Object definitions) {
		this.definitions = definitions;
		this.host = host;
		this.register = register;
		this.filter = filter;
		this.bridges = bridges;
		this.cables = cables;
		this.visitor = visitor;
		this.pidOf = pidOf;
		this.listener = listener;
		this.thread = Thread.ofPlatform().name("network-monitor").daemon().start(this::run);
	}

	private void run() {
		while (!this.closed) {
			LockSupport.parkNanos(INTERVAL.toNanos());
			try {
				if (!this.closed && hasLost()) {
					repairLinks();
				}
				if (!this.closed && this.filter.repair()) {
					tell("table", "rules or elements of ours were gone");
				}
			}
			catch (RuntimeException ex) {
				LOG.warn("the networks could not be examined: {}", ex.getMessage());
			}
		}
	}

	/** Whether anything went, or went down, that may be ours. */
	private boolean hasLost() {
		try {
			return this.news.receive(Links.LINK_SIZE)
				.stream()
				.anyMatch((news) -> news.messageType() == Links.DELLINK || news.messageType() == Links.DELADDR
						|| (news.messageType() == Links.NEWLINK && (news.fixed32(8) & Links.IFF_UP) == 0)
						|| (news.messageType() == Links.NEWLINK && news.number(Links.MASTER).isEmpty()));
		}
		catch (LinuxException ex) {
			if (ex.is(Errno.ENOBUFS)) {
				return true;
			}
			throw ex;
		}
	}

	private void repairLinks() {
		synchronized (this.definitions) {
			for (NetworkSpec network : this.register.all()) {
				if (this.bridges.ensure(network)) {
					tell("bridge " + network.device(), "it was gone, down, or without its address");
				}
			}
		}
		// looked up before the devices are: what is plugged in meanwhile is not missed
		List<Endpoint> settled = this.register.everybody().stream().filter(this.register::isSettled).toList();
		Map<String, Links.Device> devices = Links.all(this.host)
			.stream()
			.collect(Collectors.toMap(Links.Device::name, Function.identity(), (first, _) -> first));
		settled.stream().filter(this.register::isSettled).forEach((endpoint) -> repair(endpoint, devices));
	}

	private void repair(Endpoint endpoint, Map<String, Links.Device> devices) {
		Links.Device device = devices.get(endpoint.device());
		Links.Device bridge = devices.get(this.register.require(endpoint.network()).device());
		if (device == null) {
			replace(endpoint);
		}
		else if (bridge != null && (device.master() != bridge.index() || !device.up())) {
			this.cables.plug(endpoint);
			tell("veth " + endpoint.device(), "it was down, or not in its bridge");
		}
	}

	/** A container that has ended takes its veth with it: that is no loss. */
	private void replace(Endpoint endpoint) {
		Fd namespace;
		try {
			Path process = Path.of("/proc", Integer.toString(this.pidOf.applyAsInt(endpoint.container())));
			namespace = Fd.open(process.resolve("ns/net"), Fd.O_RDONLY);
		}
		catch (LinuxException | IllegalStateException ended) {
			return;
		}
		try (PreparedNamespace inside = this.visitor.adopt(namespace)) {
			if (this.register.isSettled(endpoint) && Links.find(inside.inside(), endpoint.interfaceName()).isEmpty()) {
				this.cables.connect(endpoint, inside);
				tell("veth " + endpoint.device(), "it was gone");
			}
		}
	}

	private void tell(String what, String details) {
		LOG.warn("repaired {}: {}", what, details);
		this.listener.accept(new NetworkChange.Repaired(what, details));
	}

	@Override
	public void close() {
		this.closed = true;
		LockSupport.unpark(this.thread);
		boolean interrupted = false;
		while (this.thread.isAlive()) {
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		this.news.close();
	}

}
