package dev.caisson.engine.container;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.caisson.engine.network.NetworkChange;
import dev.caisson.engine.network.NetworkReport;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.PublishedPort;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Networks that somebody tampers with, services that end, many containers at once. */
@KernelTest
@Timeout(180)
class NetworkRepairTests {

	private static final PublishedPort WEB = new PublishedPort(PublishedPort.Protocol.TCP, 80, null, 8080, 8080);

	@RegisterExtension
	final NetworkHost host = new NetworkHost();

	@Test
	void whatSomebodyTakesAwayComesBack() throws Exception {
		Queue<String> repairs = new ConcurrentLinkedQueue<>();
		try (AutoCloseable _ = this.host.networks().onChange((change) -> {
			if (change instanceof NetworkChange.Repaired(String what, String _)) {
				repairs.add(what);
			}
		})) {
			Container container = this.host.idle(WEB);
			String device = this.host.endpoint(container).device();
			NetworkHost.output("nft", "flush", "ruleset");
			NetworkHost.await("the table", () -> published().contains("tcp . 8080 : 172.17.0.2 . 80"));
			NetworkHost.output("nft", "flush", "map", "inet", "caisson", "ports4_any");
			NetworkHost.await("the port", () -> published().contains("tcp . 8080 : 172.17.0.2 . 80"));
			NetworkHost.output("ip", "link", "delete", device);
			NetworkHost.await("the veth", () -> pings(container));
			NetworkHost.output("ip", "link", "set", "caisson0", "down");
			NetworkHost.await("the bridge", () -> pings(container));
			NetworkHost.output("ip", "link", "delete", "caisson0");
			NetworkHost.await("the bridge and its ports", () -> pings(container));
			NetworkHost.await("word of it", () -> repairs.contains("table") && repairs.contains("bridge caisson0")
					&& repairs.contains("veth " + device));
		}
	}

	@Test
	void nextServiceTakesEndpointsBack() {
		Container container = this.host.idle(WEB);
		ContainerId id = container.id();
		var before = this.host.endpoint(container);
		this.host.containers().close();
		NetworkHost.output("nft", "flush", "ruleset");
		this.host.open();
		this.host.containers().recover(Map.of(id, NetworkHost.LOG));
		Container again = this.host.containers().find(id).orElseThrow();
		assertThat(this.host.endpoint(again)).isEqualTo(before);
		assertThat(published()).contains("tcp . 8080 : 172.17.0.2 . 80");
		assertThat(pings(again)).isTrue();
		assertThat(this.host.ip(this.host.idle())).isEqualTo("172.17.0.3");
	}

	@Test
	void observationIsTheKernels() {
		Container container = this.host.idle(WEB);
		NetworkReport report = this.host.networks().observe(container.state().pid());
		assertThat(report.interfaces()).anySatisfy((device) -> {
			assertThat(device.name()).isEqualTo("eth0");
			assertThat(device.addresses()).containsExactly("172.17.0.2/16");
			assertThat(device.hostDevice()).isEqualTo(this.host.endpoint(container).device());
			assertThat(device.bridge()).isEqualTo("caisson0");
		});
		assertThat(report.routes()).contains("0.0.0.0/0 via 172.17.0.1");
		assertThat(report.published()).containsExactly("tcp 8080 172.17.0.2 80");
		assertThat(report.listening()).isEmpty();
	}

	@Test
	void manyAtOnceLeaveNothing() throws Exception {
		Map<String, Integer> addresses = new HashMap<>();
		try (ExecutorService pool = Executors.newFixedThreadPool(16)) {
			List<Future<Container>> starts = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				starts.add(pool
					.submit(() -> this.host.idle(new PublishedPort(PublishedPort.Protocol.TCP, 80, null, 0, 0))));
			}
			for (Future<Container> start : starts) {
				addresses.merge(this.host.ip(start.get()), 1, Integer::sum);
			}
			assertThat(addresses).hasSize(100);
			List<Future<?>> ends = new ArrayList<>();
			for (Container container : this.host.containers().all()) {
				ends.add(pool.submit(() -> {
					container.stop(9, java.time.Duration.ZERO);
					container.remove();
				}));
			}
			for (Future<?> end : ends) {
				end.get();
			}
		}
		NetworkHost.await("the last lease", () -> this.host.networks().endpoints(this.host.bridge()).isEmpty());
		NetworkHost.await("the last element", () -> !published().contains("elements"));
		assertThat(NetworkHost.output("nft", "list", "set", "bridge", "caisson", "members4"))
			.doesNotContain("elements");
		assertThat(NetworkHost.output("ip", "-br", "link", "show", "master", "caisson0")).isEmpty();
	}

	private static String published() {
		return NetworkHost.output("nft", "list", "map", "inet", "caisson", "ports4_any");
	}

	private static boolean pings(Container container) {
		return NetworkHost.succeedsInside(container, "busybox", "ping", "-c1", "-W1", "172.17.0.1");
	}

}
