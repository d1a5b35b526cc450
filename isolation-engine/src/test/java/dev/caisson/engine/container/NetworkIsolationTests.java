package dev.caisson.engine.container;

import java.io.IOException;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.List;

import dev.caisson.engine.network.NetworkException;
import dev.caisson.engine.spec.AddressPool;
import dev.caisson.engine.spec.CidrBlock;
import dev.caisson.engine.spec.EgressRule;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;
import dev.caisson.engine.spec.NetworkingSpec;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Where the packets of containers go, and where they do not. */
@KernelTest
@Timeout(120)
class NetworkIsolationTests {

	@RegisterExtension
	final NetworkHost host = new NetworkHost();

	@Test
	void containersReachTheWorldButNotOtherNetworks() throws IOException {
		try (World _ = new World()) {
			Container one = this.host.idle();
			Container other = this.host.idleOn(network("10.77.0.0/24", false, true));
			assertThat(pings(one, World.FAR)).as("the world").isTrue();
			assertThat(pings(other, World.FAR)).as("the world from a second network").isTrue();
			assertThat(pings(one, this.host.ip(other))).as("another network").isFalse();
			assertThat(pings(one, World.NEIGHBOUR)).as("a neighbour, which has no route back to a container").isTrue();
		}
	}

	@Test
	void internalNetworkHasNoWayOut() throws IOException {
		try (World world = new World()) {
			NetworkId inner = network("10.78.0.0/24", true, true);
			Container one = this.host.idleOn(inner);
			Container other = this.host.idleOn(inner);
			assertThat(pings(one, this.host.ip(other))).isTrue();
			NetworkHost.inside(one, "ip", "route", "add", "default", "via", "10.78.0.1");
			assertThat(pings(one, World.FAR)).as("the world").isFalse();
			assertThat(pings(one, World.HOST)).as("the host's other addresses").isFalse();
			assertThat(pings(one, "10.78.0.1")).as("the gateway").isTrue();
			assertThat(world.succeeds("busybox", "ping", "-c1", "-W1", this.host.ip(one))).isFalse();
		}
	}

	@Test
	void containersOfANetworkWithoutIccReachTheHostAlone() {
		NetworkId apart = network("10.79.0.0/24", false, false);
		Container one = this.host.idleOn(apart);
		Container other = this.host.idleOn(apart);
		assertThat(pings(one, "10.79.0.1")).isTrue();
		assertThat(pings(one, this.host.ip(other))).isFalse();
	}

	@Test
	void foreignSourceAddressesGoNowhere() {
		Container one = this.host.idle();
		Container other = this.host.idle();
		assertThat(pings(one, this.host.ip(other))).isTrue();
		NetworkHost.inside(one, "ip", "addr", "add", "172.17.0.77/16", "dev", "eth0");
		NetworkHost.inside(one, "ip", "route", "replace", "172.17.0.0/16", "dev", "eth0", "src", "172.17.0.77");
		assertThat(pings(one, this.host.ip(other))).as("with another's address").isFalse();
		assertThat(pings(one, "172.17.0.1")).as("the host, with another's address").isFalse();
	}

	@Test
	void egressAllowListLetsNothingElseOut() throws IOException {
		try (World world = new World()) {
			world.run("ip", "addr", "add", "9.9.9.9/32", "dev", "lo");
			Container limited = this.host.start(this.host.spec()
				.run("sleep", "1000")
				.networking(new NetworkingSpec(List.of(EndpointSpec.on(this.host.bridge())), List.of(), 0, 0,
						List.of(EgressRule.parse("9.9.9.0/24"), EgressRule.parse("8.8.8.8:80/tcp")))));
			assertThat(pings(limited, "9.9.9.9")).isTrue();
			assertThat(pings(limited, World.FAR)).isFalse();
			assertThat(NetworkHost.inside(limited, "sh", "-c",
					"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 5 8.8.8.8 80"))
				.contains("HTTP/1");
			assertThat(pings(this.host.idle(), World.FAR)).isTrue();
		}
	}

	@Test
	void ratesAreTokenBucketsOfTheKernel() {
		Container slow = this.host.start(this.host.spec()
			.run("sleep", "1000")
			.networking(new NetworkingSpec(List.of(EndpointSpec.on(this.host.bridge())), List.of(), 125_000, 250_000,
					null)));
		String device = this.host.endpoint(slow).device();
		assertThat(NetworkHost.output("tc", "qdisc", "show", "dev", device)).contains("tbf").contains("rate 1Mbit");
		assertThat(NetworkHost.inside(slow, "tc", "qdisc", "show", "dev", "eth0")).contains("tbf")
			.contains("rate 2Mbit");
	}

	@Test
	void connectAndDisconnectWhileRunning() throws IOException {
		try (World _ = new World()) {
			NetworkId second = network("10.80.0.0/24", false, true);
			Container container = this.host.idle();
			Container other = this.host.idleOn(second);
			container.connect(EndpointSpec.on(second));
			assertThat(NetworkHost.inside(container, "ip", "-br", "addr")).contains("eth1").contains("10.80.0.3/24");
			assertThat(pings(container, this.host.ip(other))).isTrue();
			assertThatThrownBy(() -> container.connect(EndpointSpec.on(second))).isInstanceOf(NetworkException.class)
				.hasMessageContaining("already exists in network");
			container.disconnect(this.host.bridge());
			assertThat(NetworkHost.inside(container, "ip", "route")).contains("default via 10.80.0.1 dev eth1");
			assertThat(pings(container, World.FAR)).isTrue();
			container.disconnect(second);
			assertThat(NetworkHost.inside(container, "ip", "-br", "link")).doesNotContain("eth");
			assertThatThrownBy(() -> container.disconnect(second)).hasMessageContaining("is not connected to network");
		}
	}

	@Test
	void addressesThatCannotBeLeaveNothing() throws Exception {
		NetworkId small = network("10.81.0.0/30", false, true);
		Container only = this.host.idleOn(small);
		assertThat(this.host.ip(only)).isEqualTo("10.81.0.2");
		assertThatThrownBy(() -> this.host.idleOn(small)).hasMessageContaining("no available IPv4 addresses");
		assertThatThrownBy(() -> this.host.start(fixed("10.81.0.2", small)))
			.hasMessageContaining("Address already in use");
		assertThatThrownBy(() -> this.host.start(fixed("10.99.0.2", small))).isInstanceOf(InvalidSpecException.class)
			.hasMessageContaining("no configured subnet contains IP address 10.99.0.2");
		assertThatThrownBy(() -> network("10.81.0.0/16", false, true)).isInstanceOf(NetworkException.class)
			.hasMessageContaining("Pool overlaps with other one on this address space");
		NetworkHost.output("ip", "link", "add", "hostnet", "type", "bridge");
		NetworkHost.output("ip", "addr", "add", "10.82.0.1/24", "dev", "hostnet");
		NetworkHost.output("ip", "link", "set", "hostnet", "up");
		assertThatThrownBy(() -> network("10.82.0.0/16", false, true)).hasMessageContaining("Pool overlaps");
		NetworkHost.output("ip", "link", "delete", "hostnet");
		assertThatThrownBy(() -> this.host.networks().remove(small)).hasMessageContaining("has active endpoints");
		only.stop(9, Duration.ZERO);
		NetworkHost.await("the address", () -> this.host.networks().endpoints(small).isEmpty());
		assertThat(this.host.ip(this.host.idleOn(small))).isEqualTo("10.81.0.2");
	}

	private SpecBuilder fixed(String ip, NetworkId network) {
		return this.host.spec()
			.networking(NetworkingSpec
				.of(List.of(new EndpointSpec(network, Inet4Address.ofLiteral(ip), null, null, List.of())), List.of()));
	}

	private NetworkId network(String subnet, boolean internal, boolean icc) {
		NetworkId id = NetworkId.random();
		this.host.networks()
			.define(new NetworkSpec(id, "n" + id.shortForm(), "", List.of(AddressPool.of(CidrBlock.parse(subnet))),
					false, internal, icc, true, 0, null));
		return id;
	}

	private static boolean pings(Container container, String address) {
		return NetworkHost.succeedsInside(container, "busybox", "ping", "-c2", "-W2", address);
	}

}
