package dev.caisson.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * From nothing to nothing: create, start, execute {@code true}, exit, reap, remove. All
 * contestants take turns, so that the noise of the machine hits all alike.
 */
final class LaunchBenchmark {

	private static final int WARM_UP = 30;

	private LaunchBenchmark() {
	}

	static void main(String[] args) throws Exception {
		Options options = Options.parse(args);
		Path directory = Files.createTempDirectory("caisson-bench");
		List<AutoCloseable> open = new ArrayList<>();
		try {
			List<Contestant> contestants = contestants(directory, open);
			print(measure(contestants, options.rounds()));
			if (!options.idle().isEmpty()) {
				IdleBenchmark.run(directory.resolve("idle"), options.idle());
			}
		}
		finally {
			for (AutoCloseable each : open.reversed()) {
				each.close();
			}
			Processes.run(List.of("rm", "-rf", directory.toString()));
		}
	}

	private static List<Contestant> contestants(Path directory, List<AutoCloseable> open) throws Exception {
		List<Contestant> contestants = new ArrayList<>();
		contestants.add(new EngineContestant(directory.resolve("engine")));
		for (String runtime : List.of("crun", "runc")) {
			if (Processes.installed(runtime)) {
				contestants.add(new OciRuntime(runtime, directory));
			}
			else {
				System.out.println(runtime + " is not installed: --install-peers brings it");
			}
		}
		Servers.Server ours = Servers.caisson(directory);
		open.add(ours);
		contestants.add(new DockerApi("caisson API", ours.socket(), "none"));
		boolean client = Processes.installed("docker");
		if (client) {
			contestants.add(new DockerCli("docker run, on caisson", ours.socket()));
		}
		if (Processes.installed("dockerd")) {
			Servers.Server docker = Servers.docker(directory);
			open.add(docker);
			contestants.add(new DockerApi("dockerd API, no network", docker.socket(), "none"));
			contestants.add(new DockerApi("dockerd API, bridge", docker.socket(), "bridge"));
			if (client) {
				contestants.add(new DockerCli("docker run, on dockerd", docker.socket()));
			}
		}
		else {
			System.out.println("dockerd is not installed: --install-peers brings it");
		}
		open.addAll(contestants);
		return contestants;
	}

	private static Map<Contestant, Samples> measure(List<Contestant> contestants, int rounds) throws Exception {
		Map<Contestant, Samples> results = new LinkedHashMap<>();
		contestants.forEach((contestant) -> results.put(contestant, new Samples()));
		for (int round = -WARM_UP; round < rounds; round++) {
			for (Contestant contestant : contestants) {
				long begin = System.nanoTime();
				contestant.runOnce();
				long duration = System.nanoTime() - begin;
				if (round >= 0) {
					results.get(contestant).add(duration);
				}
			}
		}
		return results;
	}

	private static void print(Map<Contestant, Samples> results) {
		double engine = results.values().iterator().next().median();
		System.out.printf("%n%-28s %9s %9s %9s %9s   %s%n", "true, from nothing to nothing", "min ms", "median", "p90",
				"p99", "median against the engine's");
		results.forEach((contestant, samples) -> System.out.printf("%-28s %9.2f %9.2f %9.2f %9.2f   %.2f%n",
				contestant.name(), samples.percentile(0), samples.median(), samples.percentile(90),
				samples.percentile(99), samples.median() / engine));
		compare(results, "caisson API", "dockerd API, bridge");
		compare(results, "docker run, on caisson", "docker run, on dockerd");
	}

	private static void compare(Map<Contestant, Samples> results, String ours, String theirs) {
		Map<String, Samples> named = new LinkedHashMap<>();
		results.forEach((contestant, samples) -> named.put(contestant.name(), samples));
		if (named.containsKey(ours) && named.containsKey(theirs)) {
			System.out.printf("%s is %.1f times as fast as %s%n", ours,
					named.get(theirs).median() / named.get(ours).median(), theirs);
		}
	}

	/**
	 * What was asked for.
	 *
	 * @param rounds how often each contestant has its turn
	 * @param idle numbers of idle containers whose memory is measured
	 */
	private record Options(int rounds, List<Integer> idle) {

		static Options parse(String[] args) {
			int rounds = 100;
			List<Integer> idle = List.of(50, 500);
			for (int i = 0; i < args.length; i += 2) {
				String value = (i + 1 < args.length) ? args[i + 1] : "";
				switch (args[i]) {
					case "--rounds" -> rounds = Integer.parseInt(value);
					case "--idle" -> idle = value.equals("none") ? List.of()
							: List.of(value.split(",")).stream().map(Integer::valueOf).toList();
					default -> {
						System.err
							.println("bench launch [--rounds N] [--idle N,N...|none] [--install-peers]: no option "
									+ args[i]);
						System.exit(2);
					}
				}
			}
			return new Options(rounds, idle);
		}

	}

}
