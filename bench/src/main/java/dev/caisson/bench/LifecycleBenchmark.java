package dev.caisson.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What is done with containers after their launch: further processes, logs, many at a
 * time, lists and statistics. The two services take turns.
 */
final class LifecycleBenchmark {

	private LifecycleBenchmark() {
	}

	static void main(String[] args) throws Exception {
		Options options = Options.parse(args);
		Path directory = Files.createTempDirectory("caisson-bench");
		Map<String, Servers.Server> servers = new LinkedHashMap<>();
		try {
			servers.put("caisson", Servers.caisson(directory));
			if (Processes.installed("dockerd")) {
				servers.put("dockerd", Servers.docker(directory));
			}
			else {
				System.out.println("dockerd is not installed: --install-peers brings it");
			}
			System.out.printf("%n%-38s %9s %9s %9s%n", "", "min", "median", "p90");
			exec(servers, options.rounds());
			logs(servers, options.megabytes());
			if (Processes.installed("docker")) {
				parallel(servers, options.rounds() / 10 + 1);
			}
			many(servers.get("caisson"), options.many(), options.rounds());
		}
		finally {
			servers.values().forEach(Servers.Server::close);
			Processes.run(List.of("rm", "-rf", directory.toString()));
		}
	}

	/** Create, start attached, read to the end, ask for the exit code. */
	private static void exec(Map<String, Servers.Server> servers, int rounds) throws Exception {
		try (Turns turns = new Turns("exec of true by the API, ms")) {
			for (Map.Entry<String, Servers.Server> server : servers.entrySet()) {
				UnixHttp http = turns.connect(server.getValue().socket());
				String container = start(http, "sleep", "100000");
				turns.add(server.getKey(), () -> execOnce(server.getValue().socket(), http, container));
			}
			turns.run(20, rounds);
		}
	}

	private static Void execOnce(Path socket, UnixHttp http, String container) throws IOException {
		String exec = id(http.send("POST", "/containers/" + container + "/exec",
				"{\"AttachStdout\":true,\"AttachStderr\":true,\"Cmd\":[\"true\"]}"));
		try (UnixHttp stream = new UnixHttp(socket)) {
			stream.readToEnd("POST", "/exec/" + exec + "/start", "{}");
		}
		String state = http.send("GET", "/exec/" + exec + "/json", "");
		if (!state.contains("\"ExitCode\":0")) {
			throw new IOException("exec of true: " + state);
		}
		return null;
	}

	/** From a container that writes as fast as it can to a client that follows. */
	private static void logs(Map<String, Servers.Server> servers, int megabytes) throws Exception {
		try (Turns turns = new Turns("log of " + megabytes + " MB to a follower, ms")) {
			for (Map.Entry<String, Servers.Server> server : servers.entrySet()) {
				UnixHttp http = turns.connect(server.getValue().socket());
				turns.add(server.getKey(), () -> logOnce(server.getValue().socket(), http, megabytes));
			}
			for (Map.Entry<String, Samples> result : turns.run(1, 5).entrySet()) {
				System.out.printf("  %s: %.0f MB/s%n", result.getKey(), megabytes * 1000 / result.getValue().median());
			}
		}
	}

	private static Void logOnce(Path socket, UnixHttp http, int megabytes) throws IOException {
		String line = "0123456789012345678901234567890123456789012345678901234567890123456789012345678";
		String container = start(http, "sh", "-c", "yes " + line + " | head -c " + megabytes + "000000");
		try (UnixHttp stream = new UnixHttp(socket)) {
			long count = stream.readToEnd("GET", "/containers/" + container + "/logs?follow=1&stdout=1", "");
			if (count < megabytes * 1_000_000L) {
				throw new IOException("the log has " + count + " bytes of " + megabytes + " MB");
			}
		}
		http.send("DELETE", "/containers/" + container + "?force=1", "");
		return null;
	}

	private static void parallel(Map<String, Servers.Server> servers, int rounds) throws Exception {
		try (Turns turns = new Turns("20 parallel docker run --rm, ms");
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (Map.Entry<String, Servers.Server> server : servers.entrySet()) {
				List<String> command = List.of("docker", "-H", "unix://" + server.getValue().socket(), "run", "--rm",
						"busybox", "true");
				turns.add(server.getKey(), () -> {
					List<Future<Void>> runs = new ArrayList<>();
					for (int i = 0; i < 20; i++) {
						runs.add(threads.submit(() -> {
							Processes.run(command);
							return null;
						}));
					}
					for (Future<Void> run : runs) {
						run.get();
					}
					return null;
				});
			}
			turns.run(1, rounds);
		}
	}

	/** Ours alone: the peer would need minutes to start them. */
	private static void many(Servers.Server server, int count, int rounds) throws Exception {
		try (UnixHttp http = new UnixHttp(server.socket())) {
			List<String> running = new ArrayList<>();
			for (int i = 0; i < Math.min(count, 200); i++) {
				running.add(start(http, "sleep", "100000"));
			}
			measure("stats of " + running.size() + ", one sample each, ms", rounds, () -> {
				for (String container : running) {
					http.send("GET", "/containers/" + container + "/stats?stream=0&one-shot=1", "");
				}
				return null;
			});
			measure("list of " + running.size() + " running, ms", rounds,
					() -> http.send("GET", "/containers/json", ""));
			for (int i = running.size(); i < count; i++) {
				create(http, "true");
			}
			measure("list of " + count + ", all, ms", rounds, () -> http.send("GET", "/containers/json?all=1", ""));
		}
	}

	private static void measure(String title, int rounds, Callable<?> task) throws Exception {
		try (Turns turns = new Turns(title)) {
			turns.add("caisson", task);
			turns.run(5, rounds);
		}
	}

	private static String start(UnixHttp http, String... command) throws IOException {
		String container = create(http, command);
		http.send("POST", "/containers/" + container + "/start", "");
		return container;
	}

	private static String create(UnixHttp http, String... command) throws IOException {
		return id(http.send("POST", "/containers/create", "{\"Image\":\"busybox\",\"Cmd\":[\""
				+ String.join("\",\"", command) + "\"],\"HostConfig\":{\"NetworkMode\":\"none\"}}"));
	}

	private static String id(String answer) {
		return answer.replaceFirst("(?s).*\"Id\":\\s*\"([0-9a-f]{64})\".*", "$1");
	}

	/**
	 * What was asked for.
	 *
	 * @param rounds how often each has its turn
	 * @param megabytes of log
	 * @param many how many containers are listed
	 */
	private record Options(int rounds, int megabytes, int many) {

		static Options parse(String[] args) {
			int rounds = 100;
			int megabytes = 200;
			int many = 1000;
			for (int i = 0; i < args.length; i += 2) {
				String value = (i + 1 < args.length) ? args[i + 1] : "";
				switch (args[i]) {
					case "--rounds" -> rounds = Integer.parseInt(value);
					case "--megabytes" -> megabytes = Integer.parseInt(value);
					case "--many" -> many = Integer.parseInt(value);
					default -> {
						System.err.println(
								"bench lifecycle [--rounds N] [--megabytes N] [--many N] [--install-peers]: no option "
										+ args[i]);
						System.exit(2);
					}
				}
			}
			return new Options(rounds, megabytes, many);
		}

	}

}
