package dev.caisson.engine.container;

import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What the kernel says of containers on bridges. */
@KernelTest
class BridgeTests {

	@RegisterExtension
	final NetworkHost host = new NetworkHost();

	@Test
	void containerHasItsVethAddressMacAndRoute() {
		Container container = this.host.idle();
		Endpoint endpoint = this.host.endpoint(container);
		String ip = this.host.ip(container);
		assertThat(NetworkHost.output("ip", "link", "show", endpoint.device())).contains("master caisson0")
			.contains("state UP");
		assertThat(endpoint.device()).matches("veth[0-9a-f]{7}");
		assertThat(NetworkHost.inside(container, "ip", "addr", "show", "eth0")).contains("inet " + ip + "/16")
			.contains("link/ether " + endpoint.mac())
			.doesNotContain("inet6");
		assertThat(NetworkHost.inside(container, "ip", "route")).contains("default via 172.17.0.1 dev eth0");
		assertThat(endpoint.mac().text()).isEqualTo("02:42:ac:11:00:0" + ip.substring(ip.lastIndexOf('.') + 1));
	}

	@Test
	void containersReachTheHostAndEachOther() {
		Container one = this.host.idle();
		Container other = this.host.idle();
		assertThat(NetworkHost.succeedsInside(one, "busybox", "ping", "-c1", "-W20", "172.17.0.1")).isTrue();
		assertThat(NetworkHost.succeedsInside(one, "busybox", "ping", "-c1", "-W20", this.host.ip(other))).isTrue();
		assertThat(NetworkHost.exitCode("busybox", "ping", "-c1", "-W20", this.host.ip(one))).isZero();
	}

}
