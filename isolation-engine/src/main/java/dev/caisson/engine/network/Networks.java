package dev.caisson.engine.network;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;
import dev.caisson.engine.spec.NetworkingSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The networks of this host's containers. Nothing is made before {@link #restore} or
 * {@link #define}; everything is made in the network namespace of the thread that opened
 * this. Closing lets go; containers stay connected. Safe for use by many threads.
 */
public final class Networks implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(Networks.class);

	private static final int PREPARED = 8;

	private final NetworkSettings settings;

	private final NetlinkSocket route;

	private final Register register = new Register();

	private final Bridges bridges;

	private final Forwarding forwarding;

	private final PacketFilter filter;

	private final Cables cables;

	private final Connections connections;

	private @Nullable Monitor monitor;

	private volatile ToIntFunction<ContainerId> pidOf = (id) -> {
		throw new IllegalStateException("container " + id + " is not running");
	};

	private final List<Consumer<NetworkChange>> listeners = new CopyOnWriteArrayList<>();

	private final NamespaceVisitor visitor = new NamespaceVisitor();

	/** For containers with loopback alone. */
	private final NamespacePool bare;

	private @Nullable NamespacePool wired;

	private Networks(NetworkSettings settings, NetlinkSocket route, Path runRoot, String mark) {
		this.settings = settings;
		this.route = route;
		this.bridges = new Bridges(route, mark);
		this.cables = new Cables(route, this.register);
		this.forwarding = new Forwarding(runRoot);
		this.filter = new PacketFilter(settings.table(), this.register, this.forwarding);
		this.connections = new Connections(this.register, this.filter, this.cables, settings.publishAddress(),
				this::tell);
		this.bare = new NamespacePool(route, PREPARED, false);
	}

	/**
	 * Opens the networks of an engine; as root.
	 * @param dataRoot the engine's, by which it knows its own bridges again
	 * @param runRoot the engine's, which a reboot empties
	 */
	public static Networks open(NetworkSettings settings, Path dataRoot, Path runRoot) {
		String mark = UUID.nameUUIDFromBytes(dataRoot.toString().getBytes(StandardCharsets.UTF_8))
			.toString()
			.substring(0, 8);
		return new Networks(settings, NetlinkSocket.open(NetlinkSocket.ROUTE), runRoot, mark);
	}

	/**
	 * Makes, or takes back, the default network and these others, and deletes the bridges
	 * of networks that nobody knows any more. To be called once, before containers are
	 * taken back.
	 */
	public synchronized void restore(Collection<NetworkSpec> known) {
		List<NetworkSpec> all = new ArrayList<>(known);
		all.addFirst(this.settings.defaultNetwork());
		this.bridges.deleteOthers(all.stream().map(NetworkSpec::id).collect(Collectors.toSet()));
		all.forEach(this::realise);
		this.forwarding.enable(Forwarding.Family.IPV4);
		if (this.wired == null) {
			this.wired = new NamespacePool(this.route, PREPARED, true);
			this.monitor = new Monitor(this.route, this.register, this.filter, this.bridges, this.cables, this.visitor,
					(id) -> this.pidOf.applyAsInt(id), this::tell, this);
		}
	}

	/** The network that Docker calls bridge; empty before {@link #restore}. */
	public Optional<NetworkSpec> defaultNetwork() {
		return find(this.settings.defaultNetwork().id());
	}

	/**
	 * Makes a network.
	 * @return with all that was left open: pools, gateways
	 * @throws NetworkException if it is there, its device or a subnet is taken, or none
	 * is free
	 */
	public synchronized NetworkSpec define(NetworkSpec wanted) {
		if (find(wanted.id()).isPresent()
				|| this.register.all().stream().anyMatch((other) -> other.device().equals(wanted.device()))) {
			throw new NetworkException(NetworkException.Reason.EXISTS, "cannot create network " + wanted.name() + " ("
					+ wanted.device() + "): another network has that bridge");
		}
		NetworkSpec completed = realise(wanted);
		this.filter.add(Element.of(completed));
		return completed;
	}

	private NetworkSpec realise(NetworkSpec wanted) {
		Optional<Links.Device> own = this.bridges.own(wanted);
		NetworkSpec kept = own.map((device) -> this.bridges.withItsPools(wanted, device)).orElse(wanted);
		NetworkSpec completed = Subnets.complete(kept, this.register.poolsBesides(wanted.id()), this.route,
				own.map(Links.Device::index).orElse(0));
		this.bridges.ensure(completed);
		if (completed.ipv6()) {
			this.forwarding.enable(Forwarding.Family.IPV6);
		}
		this.register.add(completed);
		return completed;
	}

	/**
	 * Removes a network.
	 * @throws NetworkException if there is none, or containers are in it
	 */
	public synchronized void remove(NetworkId id) {
		if (id.equals(this.settings.defaultNetwork().id())) {
			throw new NetworkException(NetworkException.Reason.IN_USE,
					"bridge is a pre-defined network and cannot be removed");
		}
		NetworkSpec removed = this.register.remove(id);
		this.bridges.delete(removed);
		this.filter.remove(removed);
	}

	public Optional<NetworkSpec> find(NetworkId id) {
		return this.register.find(id);
	}

	public List<NetworkSpec> all() {
		return this.register.all();
	}

	/** The endpoints that a container has, in the order of the networks. */
	public List<Endpoint> endpoints(ContainerId container) {
		return this.register.of(container);
	}

	/** Who is in a network. */
	public List<Endpoint> endpoints(NetworkId network) {
		return this.register.in(network);
	}

	/**
	 * Plans a container's namespace: takes addresses, makes nothing on the host.
	 * @param own a namespace that the container is to have; becomes the attachment's;
	 * null takes a prepared one
	 * @throws NetworkException if a network is unknown, or an address is taken
	 */
	public Attachment plan(ContainerId container, NetworkingSpec spec, @Nullable Fd own) {
		PreparedNamespace prepared = namespace(spec, own);
		try {
			return this.connections.plan(container, spec, prepared);
		}
		catch (RuntimeException ex) {
			prepared.close();
			throw ex;
		}
	}

	/**
	 * Plans to bring a running container onto one more network.
	 * @param namespace the container's; becomes the attachment's
	 * @throws NetworkException if it is there already, the network is unknown, or an
	 * address is taken
	 */
	public Attachment planConnect(ContainerId container, EndpointSpec wanted, Fd namespace) {
		Endpoint.Limits limits = endpoints(container).stream()
			.findFirst()
			.map(Endpoint::limits)
			.orElse(Endpoint.Limits.NONE);
		return plan(container, new NetworkingSpec(List.of(wanted), List.of(), limits.ingressRate(), limits.egressRate(),
				limits.allowedEgress()), namespace);
	}

	/**
	 * Plans to take a running container off a network.
	 * @param namespace the container's; stays the caller's, and open until it is done
	 * @throws NetworkException if it is not in it
	 */
	public Detachment planDisconnect(ContainerId container, NetworkId network, Fd namespace) {
		Endpoint leaving = endpoints(container).stream()
			.filter((endpoint) -> endpoint.network().equals(network))
			.findFirst()
			.orElseThrow(() -> new NetworkException(NetworkException.Reason.NOT_FOUND,
					"container " + container.shortForm() + " is not connected to network "
							+ find(network).map(NetworkSpec::name).orElse(network.shortForm())));
		Endpoint heir = endpoints(container).stream()
			.filter((endpoint) -> leaving.isDefault() && endpoint != leaving)
			.filter((endpoint) -> !this.register.require(endpoint.network()).internal())
			.findFirst()
			.orElse(null);
		return new Detachment(leaving, heir, namespace, this.connections, this.visitor);
	}

	private PreparedNamespace namespace(NetworkingSpec spec, @Nullable Fd own) {
		if (own != null) {
			return this.visitor.adopt(own);
		}
		NamespacePool pool = spec.endpoints().isEmpty() ? null : this.wired;
		return ((pool != null) ? pool : this.bare).take();
	}

	/**
	 * Undoes an endpoint. Safe to repeat.
	 * @param ledgerName what {@link Attachment#ledgerNames} told
	 */
	public void release(ContainerId container, String ledgerName) {
		this.connections.release(EndpointText.read(container, ledgerName));
	}

	/** Takes back an endpoint of a container that an earlier service had started. */
	public void resume(ContainerId container, String ledgerName) {
		this.connections.resume(EndpointText.read(container, ledgerName));
	}

	/**
	 * Brings the packet filter into the state that it shall have. To be called once, when
	 * containers have been taken back.
	 */
	public synchronized void reconcile() {
		if (!this.register.all().isEmpty()) {
			this.filter.build();
		}
	}

	/** Says where containers' network namespaces are found; before {@link #restore}. */
	public void findNamespacesBy(ToIntFunction<ContainerId> firstProcess) {
		this.pidOf = firstProcess;
	}

	/**
	 * How a process is connected, as the kernel says.
	 * @throws dev.caisson.engine.linux.LinuxException if it has ended
	 */
	public NetworkReport observe(int pid) {
		return NetworkReport.read(pid, this.visitor, this.route, this.filter);
	}

	/**
	 * Tells of changes, on the thread that makes them: so a listener must be quick.
	 * @return ends it
	 */
	public AutoCloseable onChange(Consumer<NetworkChange> listener) {
		this.listeners.add(listener);
		return () -> this.listeners.remove(listener);
	}

	private void tell(NetworkChange change) {
		for (Consumer<NetworkChange> listener : this.listeners) {
			try {
				listener.accept(change);
			}
			catch (RuntimeException ex) {
				LOG.error("a listener failed at {}", change, ex);
			}
		}
	}

	/** Ends what is prepared; with no container connected, the bridges go too. */
	@Override
	public void close() {
		Monitor watching = this.monitor;
		if (watching != null) {
			watching.close();
		}
		NamespacePool pool = this.wired;
		if (pool != null) {
			pool.close();
		}
		this.bare.close();
		this.visitor.close();
		this.connections.close();
		if (this.register.everybody().isEmpty() && !this.register.all().isEmpty()) {
			this.filter.delete();
			this.register.all().forEach(this.bridges::delete);
			this.forwarding.restore();
		}
		this.filter.close();
		this.route.close();
	}

}
