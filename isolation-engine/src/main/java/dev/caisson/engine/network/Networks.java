package dev.caisson.engine.network;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;
import dev.caisson.engine.spec.NetworkingSpec;
import org.jspecify.annotations.Nullable;

/**
 * The networks of this host's containers. Nothing is made before {@link #restore} or
 * {@link #define}; everything is made in the network namespace of the thread that opened
 * this. Closing lets go; containers stay connected. Safe for use by many threads.
 */
public final class Networks implements AutoCloseable {

	private static final int PREPARED = 8;

	private final NetworkSettings settings;

	private final NetlinkSocket route;

	private final Register register = new Register();

	private final Bridges bridges;

	private final Cables cables;

	private final NamespaceVisitor visitor = new NamespaceVisitor();

	/** For containers with loopback alone. */
	private final NamespacePool bare;

	private @Nullable NamespacePool wired;

	private Networks(NetworkSettings settings, NetlinkSocket route, String mark) {
		this.settings = settings;
		this.route = route;
		this.bridges = new Bridges(route, mark);
		this.cables = new Cables(route, this.register);
		this.bare = new NamespacePool(route, PREPARED, false);
	}

	/**
	 * Opens the networks of an engine; as root.
	 * @param dataRoot the engine's, by which it knows its own bridges again
	 */
	public static Networks open(NetworkSettings settings, Path dataRoot) {
		String mark = UUID.nameUUIDFromBytes(dataRoot.toString().getBytes(StandardCharsets.UTF_8))
			.toString()
			.substring(0, 8);
		return new Networks(settings, NetlinkSocket.open(NetlinkSocket.ROUTE), mark);
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
		if (this.wired == null) {
			this.wired = new NamespacePool(this.route, PREPARED, true);
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
		return realise(wanted);
	}

	private NetworkSpec realise(NetworkSpec wanted) {
		Optional<Links.Device> own = this.bridges.own(wanted);
		NetworkSpec kept = own.map((device) -> this.bridges.withItsPools(wanted, device)).orElse(wanted);
		NetworkSpec completed = Subnets.complete(kept, this.register.poolsBesides(wanted.id()), this.route,
				own.map(Links.Device::index).orElse(0));
		this.bridges.ensure(completed);
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
		this.bridges.delete(this.register.remove(id));
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
		List<Endpoint> endpoints = new ArrayList<>();
		try {
			Optional<EndpointSpec> way = spec.endpoints().stream().filter(this::leadsOut).findFirst();
			for (EndpointSpec wanted : spec.endpoints()) {
				String device = (endpoints.isEmpty() && prepared.device() != null) ? prepared.device()
						: VethName.random();
				endpoints.add(this.register.take(container, wanted,
						new Register.Wiring(device, "eth" + endpoints.size(),
								way.filter((leading) -> leading == wanted).isPresent(),
								new Endpoint.Limits(spec.ingressRate(), spec.egressRate(), spec.allowedEgress()))));
			}
			return new Attachment(prepared, endpoints, this.cables);
		}
		catch (RuntimeException ex) {
			endpoints.forEach(this.register::release);
			prepared.close();
			throw ex;
		}
	}

	private PreparedNamespace namespace(NetworkingSpec spec, @Nullable Fd own) {
		if (own != null) {
			return this.visitor.adopt(own);
		}
		NamespacePool pool = spec.endpoints().isEmpty() ? null : this.wired;
		return ((pool != null) ? pool : this.bare).take();
	}

	private boolean leadsOut(EndpointSpec endpoint) {
		return !this.register.require(endpoint.network()).internal();
	}

	/**
	 * Undoes an endpoint. Safe to repeat.
	 * @param ledgerName what {@link Attachment#ledgerNames} told
	 */
	public void release(ContainerId container, String ledgerName) {
		Endpoint endpoint = EndpointText.read(container, ledgerName);
		this.cables.disconnect(endpoint);
		this.register.release(endpoint);
	}

	/** Takes back an endpoint of a container that an earlier service had started. */
	public void resume(ContainerId container, String ledgerName) {
		this.register.reclaim(EndpointText.read(container, ledgerName));
	}

	/** Ends what is prepared; with no container connected, the bridges go too. */
	@Override
	public void close() {
		NamespacePool pool = this.wired;
		if (pool != null) {
			pool.close();
		}
		this.bare.close();
		this.visitor.close();
		if (this.register.everybody().isEmpty()) {
			this.register.all().forEach(this.bridges::delete);
		}
		this.route.close();
	}

}
