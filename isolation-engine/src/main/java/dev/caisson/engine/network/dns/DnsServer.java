package dev.caisson.engine.network.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;

import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * Answers the names that containers ask for at {@link #ADDRESS}: names of containers on
 * networks that the asker is on too, and, from the host's servers, everything else. <pre>
 *   container's network namespace                       this process
 *   resolver -> 127.0.0.11:53 -nft-> 127.0.0.11:PORT =socket=> one event loop
 *                                                        names of the asker's networks
 *                                                        or servers outside, cached
 * </pre> The sockets lie in the containers' namespaces, so who asks is known for certain,
 * and no route to the host is needed. There is one thread for all containers. The sockets
 * go with this process: after a restart {@link #listen} is called again for what still
 * runs. Safe for use by many threads.
 */
public final class DnsServer implements AutoCloseable {

	/** What stands in the resolv.conf of a container, as with Docker. */
	public static final String ADDRESS = "127.0.0.11";

	private static final int DNS_PORT = 53;

	/** Questions to servers outside that all containers may have under way. */
	private static final int MOST_FORWARDED = 512;

	private final Zones zones = new Zones();

	private final LocalNames names = new LocalNames(this.zones);

	private final Semaphore places = new Semaphore(MOST_FORWARDED);

	private final Forwarder host;

	/** By the servers that containers have chosen for themselves. */
	private final Map<List<InetAddress>, Forwarder> chosen = new ConcurrentHashMap<>();

	private final Map<ContainerId, Listener> listeners = new ConcurrentHashMap<>();

	private final DnsSockets sockets = new DnsSockets();

	private final EventLoop loop = new EventLoop("caisson-dns");

	/**
	 * @param resolvConf the host's resolv.conf(5)
	 */
	public DnsServer(Path resolvConf) {
		this.host = new Forwarder(new HostResolvers(resolvConf), this.places);
	}

	/**
	 * Begins to answer a container. What it is called is known to others at once.
	 * @param namespace its network namespace, whose loopback device is up
	 * @param memberships the networks that it is on, in the order in which they are asked
	 * @param servers asked in place of the host's; may be empty
	 * @throws LinuxException if the kernel refuses; nothing has changed then
	 */
	public void listen(ContainerId container, Fd namespace, List<Membership> memberships, List<InetAddress> servers) {
		DnsSockets.Pair pair = this.sockets.open(namespace);
		Asker asker = new Asker(container, this.names, forwarder(servers), memberships);
		memberships.forEach((membership) -> this.zones.join(container, membership));
		Listener listener = new Listener(pair, asker);
		Listener before = this.listeners.put(container, listener);
		if (before != null) {
			before.end();
		}
		this.loop.execute(listener::begin);
	}

	private Forwarder forwarder(List<InetAddress> servers) {
		if (servers.isEmpty()) {
			return this.host;
		}
		return this.chosen.computeIfAbsent(List.copyOf(servers), (addresses) -> {
			List<InetSocketAddress> sockets = addresses.stream()
				.map((address) -> new InetSocketAddress(address, DNS_PORT))
				.toList();
			return new Forwarder(() -> sockets, this.places);
		});
	}

	/** Puts a container that is answered on one more network. */
	public void join(ContainerId container, Membership membership) {
		Listener listener = this.listeners.get(container);
		if (listener != null) {
			this.zones.join(container, membership);
			listener.asker.add(membership);
		}
	}

	/** Takes a container off a network. */
	public void leave(ContainerId container, String network) {
		change(container, network, (_) -> null);
	}

	/** Changes what a container is called on its networks. */
	public void rename(ContainerId container, UnaryOperator<Membership> change) {
		Listener listener = this.listeners.get(container);
		if (listener != null) {
			listener.asker.memberships().forEach((each) -> change(container, each.network(), change::apply));
		}
	}

	private void change(ContainerId container, String network, Change change) {
		Listener listener = this.listeners.get(container);
		if (listener == null) {
			return;
		}
		for (Membership before : listener.asker.memberships()) {
			if (before.network().equals(network)) {
				Membership after = change.apply(before);
				if (after != null) {
					this.zones.join(container, after);
				}
				listener.asker.replace(before, after);
				this.zones.leave(container, before);
			}
		}
	}

	/** Ends what {@link #listen} began; safe to repeat. */
	public void forget(ContainerId container) {
		Listener listener = this.listeners.remove(container);
		if (listener != null) {
			listener.end();
		}
	}

	@Override
	public void close() {
		this.listeners.values().forEach(Listener::end);
		CompletableFuture<Void> ended = new CompletableFuture<>();
		this.loop.later(() -> ended.complete(null));
		ended.join();
		this.listeners.clear();
		this.loop.close();
		this.sockets.close();
	}

	/** What becomes of a membership; null if it ends. */
	private interface Change {

		@Nullable Membership apply(Membership membership);

	}

	/** The sockets of one container; its parts belong to the loop's thread. */
	private final class Listener {

		private final DnsSockets.Pair pair;

		private final Asker asker;

		private @Nullable UdpListener udp;

		private @Nullable TcpListener tcp;

		Listener(DnsSockets.Pair pair, Asker asker) {
			this.pair = pair;
			this.asker = asker;
		}

		private void begin() {
			this.udp = new UdpListener(DnsServer.this.loop, this.pair.udp(), this.asker);
			this.tcp = new TcpListener(DnsServer.this.loop, this.pair.tcp(), this.asker);
		}

		private void end() {
			this.asker.memberships().forEach((each) -> DnsServer.this.zones.leave(this.asker.id(), each));
			DnsServer.this.loop.execute(() -> {
				if (this.udp != null && this.tcp != null) {
					this.udp.close();
					this.tcp.close();
				}
			});
		}

	}

}
