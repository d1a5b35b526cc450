package dev.caisson.engine.container;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;
import dev.caisson.engine.spec.NetworkingSpec;
import dev.caisson.engine.spec.PublishedPort;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Who reaches the published ports of containers, by real packets. */
@KernelTest
@Timeout(120)
class PublishedPortTests {

	@RegisterExtension
	final NetworkHost host = new NetworkHost();

	@Test
	void portIsReachedFromTheHostFromOutsideAndFromOtherContainers() throws IOException {
		try (World world = new World()) {
			Container web = web(tcp(8080));
			Container other = this.host.idle();
			assertThat(page("127.0.0.1", 8080)).as("from the host by loopback").endsWith("hello");
			assertThat(page(World.HOST, 8080)).as("from the host by its address").endsWith("hello");
			assertThat(world.output(get(World.HOST, 8080))).as("from outside").endsWith("hello");
			assertThat(NetworkHost.inside(other, get(World.HOST, 8080))).as("by hairpin").endsWith("hello");
			assertThat(NetworkHost.inside(web, get(World.HOST, 8080))).as("from itself").endsWith("hello");
			assertThat(NetworkHost.inside(other, get(this.host.ip(web), 80))).as("directly").endsWith("hello");
		}
	}

	@Test
	void neighbourReachesNeitherLoopbackPortsNorUnpublishedOnes() throws IOException {
		try (World world = new World()) {
			Container web = web(
					new PublishedPort(PublishedPort.Protocol.TCP, 80, InetAddress.ofLiteral("127.0.0.1"), 8081, 8081));
			assertThat(page("127.0.0.1", 8081)).endsWith("hello");
			world.run("ip", "route", "add", "172.17.0.0/16", "via", World.HOST);
			assertThat(world.output(get(this.host.ip(web), 80))).as("by routing").doesNotContain("hello");
			world.run("ip", "addr", "del", "127.0.0.1/8", "dev", "lo");
			world.run("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1");
			world.run("ip", "route", "add", "127.0.0.1/32", "via", World.HOST, "dev", "world", "src", World.NEIGHBOUR);
			assertThat(world.output(get("127.0.0.1", 8081))).as("by frames for 127.0.0.1").doesNotContain("hello");
			assertThat(page("127.0.0.1", 8081)).endsWith("hello");
		}
	}

	@Test
	void hostsOwnRulesLimitPublishedPorts() throws IOException {
		try (World world = new World()) {
			web(tcp(8080));
			assertThat(world.output(get(World.HOST, 8080))).endsWith("hello");
			assertThat(NetworkHost.output("nft", "add", "rule", "inet", "caisson", "user", "meta", "l4proto", "tcp",
					"ct", "original", "proto-dst", "8080", "ip", "saddr", World.NEIGHBOUR, "drop"))
				.isEmpty();
			assertThat(world.output(get(World.HOST, 8080))).doesNotContain("hello");
			NetworkHost.output("nft", "flush", "chain", "inet", "caisson", "user");
		}
	}

	@Test
	void udpPortAnswers() throws Exception {
		Container container = this.host.idle(new PublishedPort(PublishedPort.Protocol.UDP, 53, null, 5353, 5353));
		InetSocketAddress place = new InetSocketAddress("127.0.0.1", 5353);
		try (DatagramSocket server = NetworkHost.openIn(container, () -> new DatagramSocket(53));
				DatagramSocket client = new DatagramSocket()) {
			server.setSoTimeout(30_000);
			client.setSoTimeout(30_000);
			client.send(new DatagramPacket(new byte[] { 7 }, 1, place));
			DatagramPacket packet = new DatagramPacket(new byte[16], 16);
			server.receive(packet);
			assertThat(packet.getAddress().getHostAddress()).isEqualTo("172.17.0.1");
			server.send(packet);
			client.receive(packet);
			assertThat(packet.getSocketAddress()).isEqualTo(place);
			assertThat(packet.getData()[0]).isEqualTo((byte) 7);
		}
	}

	@Test
	void ipv6PortIsReached() throws IOException {
		try (World world = new World()) {
			NetworkSpec network = this.host.networks()
				.define(new NetworkSpec(NetworkId.random(), "six", "", List.of(), true, false, true, true, 0, null));
			Container web = this.host.start(
					httpd().networking(NetworkingSpec.of(List.of(EndpointSpec.on(network.id())), List.of(tcp(8080)))));
			NetworkHost.await("the server", () -> page("127.0.0.1", 8080).contains("hello"));
			assertThat(page(World.HOST6, 8080)).endsWith("hello");
			assertThat(world.output(get(World.HOST6, 8080))).endsWith("hello");
			assertThat(NetworkHost.succeedsInside(web, "busybox", "ping", "-6", "-c1", "-W20", World.FAR6)).isTrue();
			web.stop(9, java.time.Duration.ZERO);
			web.remove();
			NetworkHost.await("its release", () -> this.host.networks().endpoints(network.id()).isEmpty());
			this.host.networks().remove(network.id());
		}
	}

	@Test
	void takenPortNamesWhoHasIt() throws IOException {
		Container web = web(tcp(8080));
		assertThatThrownBy(() -> web(tcp(8080))).hasMessageContaining(
				"Bind for 0.0.0.0:8080 failed: port is already allocated by container " + web.id().shortForm());
		try (ServerSocket mine = new ServerSocket(0)) {
			assertThatThrownBy(() -> web(tcp(mine.getLocalPort()))).hasMessageContaining("address already in use by ")
				.hasMessageContaining("(pid " + ProcessHandle.current().pid() + ")");
		}
		assertThat(this.host.networks().endpoints(this.host.bridge())).hasSize(1);
	}

	@Test
	void rangesAndRandomPortsFindFreeOnes() {
		PublishedPort range = new PublishedPort(PublishedPort.Protocol.TCP, 80, null, 9000, 9001);
		assertThat(hostPort(web(range))).isEqualTo(9000);
		assertThat(hostPort(web(range))).isEqualTo(9001);
		int random = hostPort(web(tcp(0)));
		assertThat(random).isGreaterThan(1024);
		assertThat(page("127.0.0.1", random)).endsWith("hello");
		assertThat(NetworkHost.output("nft", "list", "map", "inet", "caisson", "ports4_any"))
			.contains("tcp . " + random + " : ");
	}

	private int hostPort(Container container) {
		Endpoint endpoint = this.host.endpoint(container);
		return endpoint.ports().getFirst().hostPort();
	}

	private Container web(PublishedPort... ports) {
		Container container = this.host
			.start(httpd().networking(NetworkingSpec.of(List.of(EndpointSpec.on(this.host.bridge())), List.of(ports))));
		NetworkHost.await("the server", () -> NetworkHost.output(get(this.host.ip(container), 80)).contains("hello"));
		return container;
	}

	private SpecBuilder httpd() {
		return this.host.spec().shell("mkdir /www; printf hello > /www/index.html; exec httpd -f -p 80 -h /www");
	}

	private static PublishedPort tcp(int hostPort) {
		return new PublishedPort(PublishedPort.Protocol.TCP, 80, null, hostPort, hostPort);
	}

	private static String page(String host, int port) {
		return NetworkHost.output(get(host, port));
	}

	private static String[] get(String host, int port) {
		return new String[] { "sh", "-c",
				"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 4 " + host + " " + port };
	}

}
