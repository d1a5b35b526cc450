package dev.caisson.engine.container;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.network.InterfaceAddress;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.network.dns.DnsServer;
import dev.caisson.engine.network.dns.Membership;
import dev.caisson.engine.rootfs.ContainerFiles;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.IdentitySpec;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who answers a container's questions for names: on networks of clients the service
 * itself, on the default network the host's servers, as Docker does. Safe for use by many
 * threads.
 */
final class Naming implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(Naming.class);

	/** On the ledger, where a container has chosen no servers. */
	private static final String HOSTS_SERVERS = "host";

	private final Networks networks;

	private final DnsServer server;

	Naming(Networks networks, Path resolvConf) {
		this.networks = networks;
		this.server = new DnsServer(resolvConf);
	}

	/**
	 * Whether the service answers: on networks with names, and where the host's own
	 * servers listen on its loopback device alone.
	 */
	boolean answers(List<Endpoint> endpoints, IdentitySpec identity) {
		return endpoints.stream().anyMatch(this::isNamed)
				|| (!endpoints.isEmpty() && identity.nameservers().isEmpty() && ContainerFiles.hostServersAreLocal());
	}

	private boolean isNamed(Endpoint endpoint) {
		return this.networks.defaultNetwork().filter((bridge) -> bridge.id().equals(endpoint.network())).isEmpty();
	}

	/** What is to be on the ledger before {@link #begin}, for {@link #resume}. */
	static String ledgerName(IdentitySpec identity) {
		return identity.nameservers().isEmpty() ? HOSTS_SERVERS : String.join(",", identity.nameservers());
	}

	/** Begins to answer a container whose network namespace this is. */
	void begin(ContainerId container, Fd namespace, List<Endpoint> endpoints, String ledgerName) {
		this.server.listen(container, namespace, endpoints.stream().map(this::membership).toList(),
				servers(ledgerName));
	}

	/** As {@link #begin}, for one that an earlier service had begun to answer. */
	void resume(ContainerId container, int pid, String ledgerName) {
		try (Fd namespace = Fd.open(Path.of("/proc", Integer.toString(pid), "ns", "net"), Fd.O_RDONLY)) {
			begin(container, namespace, this.networks.endpoints(container), ledgerName);
		}
		catch (LinuxException ex) {
			// it runs on all the same; that it has taken our port is its own doing
			LOG.warn("the names that container {} asks for are not answered: {}", container.shortForm(),
					ex.getMessage());
		}
	}

	private static List<InetAddress> servers(String ledgerName) {
		return ledgerName.equals(HOSTS_SERVERS) ? List.of()
				: Arrays.stream(ledgerName.split(",")).map(InetAddress::ofLiteral).toList();
	}

	private Membership membership(Endpoint endpoint) {
		NetworkSpec network = this.networks.find(endpoint.network())
			.orElseThrow(() -> new IllegalStateException("network " + endpoint.network() + " is unknown"));
		return new Membership(network.id().value(), network.name(), isNamed(endpoint), network.internal(),
				endpoint.names(), endpoint.addresses().stream().map(InterfaceAddress::address).toList());
	}

	/** Changes what a running container is called. */
	void rename(ContainerId container, Map<NetworkId, List<String>> names) {
		this.server.rename(container, (before) -> {
			List<String> changed = names.getOrDefault(new NetworkId(before.network()), before.names());
			return new Membership(before.network(), before.networkName(), before.named(), before.internal(), changed,
					before.addresses());
		});
	}

	/** A running container has come onto a network. */
	void join(ContainerId container, Path run, Endpoint endpoint) {
		ContainerFiles.in(run).addHosts(texts(endpoint));
		this.server.join(container, membership(endpoint));
	}

	/** A running container has left a network. */
	void leave(ContainerId container, Path run, Endpoint endpoint) {
		this.server.leave(container, endpoint.network().value());
		ContainerFiles.in(run).removeHosts(texts(endpoint));
	}

	private static List<String> texts(Endpoint endpoint) {
		return endpoint.addresses().stream().map((address) -> IpAddress.text(address.address())).toList();
	}

	/** Safe to repeat. */
	void end(ContainerId container) {
		this.server.forget(container);
	}

	@Override
	public void close() {
		this.server.close();
	}

}
