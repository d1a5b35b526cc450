package dev.caisson.engine.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.PublishedPort;
import org.jspecify.annotations.Nullable;

/**
 * Which ports of the host containers have. A socket is bound to each, so that no process
 * of the host takes it meanwhile; no packet ever reaches it. Safe for use by many
 * threads.
 */
final class PortBook implements AutoCloseable {

	private static final InetAddress ANY4 = IpAddress.of(new byte[4]), ANY6 = IpAddress.of(new byte[16]);

	private static final int TRIES = 64;

	private final Map<BoundPort, Holding> held = new HashMap<>();

	/**
	 * Takes a port of the host for a container's.
	 * @param published where the network, or the engine, publishes by default; null is
	 * everywhere
	 * @param ipv6 whether the container has IPv6
	 * @return as it is by each family
	 * @throws NetworkException if it is taken, saying by whom
	 */
	synchronized List<BoundPort> take(ContainerId container, PublishedPort wanted, @Nullable InetAddress published,
			boolean ipv6) {
		List<InetAddress> addresses = addresses(wanted, published, ipv6);
		if (wanted.firstHostPort() == 0) {
			return takeAny(container, wanted, addresses);
		}
		NetworkException first = null;
		for (int port = wanted.firstHostPort(); port <= wanted.lastHostPort(); port++) {
			try {
				return take(container, wanted, addresses, port);
			}
			catch (NetworkException ex) {
				first = (first != null) ? first : ex;
			}
		}
		throw java.util.Objects.requireNonNull(first);
	}

	private static List<InetAddress> addresses(PublishedPort wanted, @Nullable InetAddress published, boolean ipv6) {
		InetAddress address = (wanted.hostAddress() != null) ? wanted.hostAddress() : published;
		if (address == null) {
			return ipv6 ? List.of(ANY4, ANY6) : List.of(ANY4);
		}
		if (!(address instanceof Inet4Address) && !ipv6) {
			throw new InvalidSpecException("HostConfig.PortBindings",
					"cannot publish on " + IpAddress.text(address) + ": the container's network has no IPv6");
		}
		return List.of(address);
	}

	private List<BoundPort> takeAny(ContainerId container, PublishedPort wanted, List<InetAddress> addresses) {
		NetworkException last = null;
		for (int i = 0; i < TRIES; i++) {
			try {
				return take(container, wanted, addresses, PortSocket.anyEphemeral());
			}
			catch (NetworkException ex) {
				last = ex;
			}
		}
		throw java.util.Objects.requireNonNull(last);
	}

	private List<BoundPort> take(ContainerId container, PublishedPort wanted, List<InetAddress> addresses, int port) {
		List<BoundPort> taken = new ArrayList<>();
		try {
			for (InetAddress address : addresses) {
				BoundPort bound = new BoundPort(wanted.protocol(), address, port, wanted.containerPort());
				hold(container, bound);
				taken.add(bound);
			}
			return taken;
		}
		catch (RuntimeException ex) {
			release(container, taken);
			throw ex;
		}
	}

	private void hold(ContainerId container, BoundPort port) {
		Optional<Holding> other = this.held.values().stream().filter((held) -> held.conflicts(port)).findFirst();
		if (other.isPresent()) {
			throw new NetworkException(NetworkException.Reason.PORT_TAKEN, "Bind for " + port.hostText()
					+ " failed: port is already allocated by container " + other.get().container.shortForm());
		}
		try {
			this.held.put(port, new Holding(container, port, PortSocket.bind(port).orElse(null)));
		}
		catch (LinuxException ex) {
			String where = "failed to bind host port " + port.hostText() + "/" + port.protocol().word() + ": ";
			if (!ex.is(Errno.EADDRINUSE)) {
				throw new NetworkException(NetworkException.Reason.PORT_TAKEN, where + ex.errno().description());
			}
			throw new NetworkException(NetworkException.Reason.PORT_TAKEN,
					where + "address already in use" + PortSocket.holder(port).map((who) -> " by " + who).orElse(""));
		}
	}

	/** Takes back what a container of an earlier service has. */
	synchronized void reclaim(ContainerId container, List<BoundPort> ports) {
		for (BoundPort port : ports) {
			Fd socket = null;
			try {
				socket = PortSocket.bind(port).orElse(null);
			}
			catch (LinuxException taken) {
				// by a process that came while no service was there: packets are the
				// container's all the same
			}
			this.held.put(port, new Holding(container, port, socket));
		}
	}

	/** Lets ports go; those of others stay. Safe to repeat. */
	synchronized void release(ContainerId container, List<BoundPort> ports) {
		for (BoundPort port : ports) {
			Holding holding = this.held.get(port);
			if (holding != null && holding.container.equals(container)) {
				this.held.remove(port);
				holding.close();
			}
		}
	}

	@Override
	public synchronized void close() {
		this.held.values().forEach(Holding::close);
		this.held.clear();
	}

	private record Holding(ContainerId container, BoundPort port, @Nullable Fd socket) {

		boolean conflicts(BoundPort other) {
			boolean sameAddress = this.port.hostAddress().equals(other.hostAddress())
					|| this.port.hostAddress().isAnyLocalAddress() || other.hostAddress().isAnyLocalAddress();
			return this.port.protocol() == other.protocol() && this.port.hostPort() == other.hostPort()
					&& this.port.isIpv6() == other.isIpv6() && sameAddress;
		}

		void close() {
			if (this.socket != null) {
				this.socket.close();
			}
		}

	}

}
