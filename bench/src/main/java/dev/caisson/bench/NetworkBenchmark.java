package dev.caisson.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.caisson.engine.network.Attachment;
import dev.caisson.engine.network.NetworkSettings;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkingSpec;
import dev.caisson.engine.spec.PublishedPort;

/**
 * {@code ./caisson bench network}: what a launch waits for its network, and what the end
 * of a container spends on it, with few and with many connected already. Runs in a
 * network namespace of its own.
 */
final class NetworkBenchmark {

	private static final String INSIDE = "--inside";

	private static final int WARM_UP = 30;

	/**
	 * The pool of prepared namespaces is refilled meanwhile, as between real launches.
	 */
	private static final long PAUSE_MS = 4;

	private final Networks networks;

	private final NetworkId bridge;

	private final List<Attachment> connected = new ArrayList<>();

	private final List<ContainerId> containers = new ArrayList<>();

	private NetworkBenchmark(Networks networks) {
		this.networks = networks;
		this.bridge = networks.defaultNetwork().orElseThrow().id();
	}

	static void main(String[] args) throws Exception {
		boolean isInside = args.length > 0 && args[0].equals(INSIDE);
		int rounds = 100;
		List<Integer> counts = List.of(1, 100, 500);
		for (int i = isInside ? 1 : 0; i < args.length; i += 2) {
			String value = (i + 1 < args.length) ? args[i + 1] : "";
			switch (args[i]) {
				case "--rounds" -> rounds = Integer.parseInt(value);
				case "--containers" -> counts = List.of(value.split(",")).stream().map(Integer::valueOf).toList();
				default -> {
					System.err.println("bench network [--rounds N] [--containers N,N...]: no option " + args[i]);
					System.exit(2);
				}
			}
		}
		if (isInside) {
			measure(rounds, counts);
		}
		else {
			System.exit(runInside(args));
		}
	}

	private static int runInside(String[] args) throws Exception {
		String java = ProcessHandle.current().info().command().orElse("java");
		List<String> command = new ArrayList<>(List.of("unshare", "-n", "sh", "-c", "ip link set lo up; exec \"$@\"",
				"sh", java, "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
				Bench.class.getName(), "network", INSIDE));
		command.addAll(List.of(args));
		return new ProcessBuilder(command).inheritIO().start().waitFor();
	}

	private static void measure(int rounds, List<Integer> counts) throws Exception {
		Path directory = Files.createTempDirectory("caisson-bench-network");
		try (Networks networks = Networks.open(NetworkSettings.DEFAULT, directory.resolve("data"),
				directory.resolve("run"))) {
			networks.restore(List.of());
			NetworkBenchmark benchmark = new NetworkBenchmark(networks);
			try {
				System.out.printf("%-12s %-22s %9s %9s %9s %12s%n", "connected", "container", "min ms", "median", "p90",
						"end, median");
				benchmark.run(WARM_UP, 0, List.of());
				for (int count : counts) {
					benchmark.fill(count);
					benchmark.run(rounds, count, List.of());
					benchmark.run(rounds, count,
							List.of(new PublishedPort(PublishedPort.Protocol.TCP, 80, null, 0, 0)));
				}
			}
			finally {
				benchmark.empty();
			}
		}
		finally {
			Processes.run(List.of("rm", "-rf", directory.toString()));
		}
	}

	private void fill(int count) {
		while (this.connected.size() < count) {
			ContainerId id = ContainerId.random();
			this.containers.add(id);
			this.connected.add(attach(id, List.of()));
		}
	}

	private void empty() {
		for (int i = 0; i < this.connected.size(); i++) {
			release(this.containers.get(i), this.connected.get(i));
		}
	}

	private void run(int rounds, int count, List<PublishedPort> ports) throws InterruptedException {
		Samples attach = new Samples();
		Samples release = new Samples();
		for (int round = 0; round < rounds; round++) {
			Thread.sleep(PAUSE_MS);
			ContainerId id = ContainerId.random();
			long begin = System.nanoTime();
			Attachment attachment = attach(id, ports);
			long attached = System.nanoTime();
			release(id, attachment);
			attach.add(attached - begin);
			release.add(System.nanoTime() - attached);
		}
		if (count > 0) {
			System.out.printf(Locale.ROOT, "%-12d %-22s %9.2f %9.2f %9.2f %12.2f%n", count,
					ports.isEmpty() ? "on the bridge" : "with a published port", attach.percentile(0), attach.median(),
					attach.percentile(90), release.median());
		}
	}

	private Attachment attach(ContainerId id, List<PublishedPort> ports) {
		Attachment attachment = this.networks.plan(id, NetworkingSpec.of(List.of(EndpointSpec.on(this.bridge)), ports),
				null);
		attachment.apply();
		return attachment;
	}

	private void release(ContainerId id, Attachment attachment) {
		attachment.ledgerNames().forEach((name) -> this.networks.release(id, name));
		attachment.close();
	}

}
