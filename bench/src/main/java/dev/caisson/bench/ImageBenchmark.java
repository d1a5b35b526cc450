package dev.caisson.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images in: load of an archive of several layers, load of what is there already, pull
 * from a registry on loopback; and a container made of many layers or of one. The peers
 * take turns. What a round has brought is removed before the next, outside of the time.
 */
final class ImageBenchmark {

	private static final String BIG = "bench/big:1", MANY = "bench/many:1", ONE = "bench/one:1";

	private static final int LAYERS = 6, MANY_LAYERS = 40, PORT = 5000;

	private static final long MEGABYTE = 1 << 20;

	private final Path directory;

	private final int rounds;

	private final Map<String, Samples> results = new LinkedHashMap<>();

	private ImageBenchmark(Path directory, int rounds) {
		this.directory = directory;
		this.rounds = rounds;
	}

	static void main(String[] args) throws Exception {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 5;
		long megabytes = (args.length > 1) ? Long.parseLong(args[1]) : 300;
		Path directory = Files.createTempDirectory("caisson-bench");
		try {
			new ImageBenchmark(directory, rounds).run(megabytes);
		}
		finally {
			Processes.run(List.of("rm", "-rf", directory.toString()));
		}
	}

	private void run(long megabytes) throws Exception {
		Path images = this.directory.resolve("images");
		Path big = SampleImage.write(images, BIG, LAYERS, megabytes * MEGABYTE / LAYERS);
		Path many = SampleImage.write(images, MANY, MANY_LAYERS, MEGABYTE / 4);
		Path one = SampleImage.write(images, ONE, 1, MEGABYTE / 4 * MANY_LAYERS);
		List<Service> services = new ArrayList<>();
		try {
			services.add(new Service("caisson", Servers.caisson(this.directory)));
			if (Processes.installed("dockerd")) {
				services.add(new Service("dockerd", Servers.docker(this.directory)));
			}
			for (int round = -1; round < this.rounds; round++) {
				for (Service service : services) {
					load(service, big, round >= 0);
				}
				others(big, round >= 0);
			}
			pulls(services, big);
			creates(services, many, one);
		}
		finally {
			for (Service service : services.reversed()) {
				service.server.close();
			}
		}
		print();
	}

	private void load(Service service, Path archive, boolean counted) throws Exception {
		time("load, " + service.name, counted, service.docker("load", "-qi", archive.toString()));
		time("load again, " + service.name, counted, service.docker("load", "-qi", archive.toString()));
		Processes.run(service.docker("rmi", "-f", BIG));
	}

	/** Programs that unpack an image without a service. */
	private void others(Path archive, boolean counted) throws Exception {
		if (Processes.installed("skopeo") && Processes.installed("umoci")) {
			Path layout = this.directory.resolve("layout");
			String script = "skopeo --insecure-policy copy -q docker-archive:" + archive + " oci:" + layout + ":x"
					+ " && umoci unpack --image " + layout + ":x " + this.directory.resolve("bundle");
			time("load, skopeo + umoci", counted, List.of("sh", "-c", script));
			Processes.run(List.of("rm", "-rf", layout.toString(), this.directory.resolve("bundle").toString()));
		}
		if (Processes.installed("podman")) {
			List<String> podman = List.of("podman", "--root", this.directory.resolve("podman").toString(), "--runroot",
					this.directory.resolve("podman-run").toString(), "--storage-driver", "overlay");
			time("load, podman", counted, with(podman, "load", "-qi", archive.toString()));
			Processes.run(with(podman, "rmi", "-f", BIG));
		}
	}

	private void pulls(List<Service> services, Path archive) throws Exception {
		if (!Processes.installed("docker-registry") || !Processes.installed("skopeo")) {
			System.out.println("docker-registry and skopeo are not installed: --install-peers brings them");
			return;
		}
		Path configuration = this.directory.resolve("registry.yml");
		Files.writeString(configuration, "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: "
				+ this.directory.resolve("registry") + "}}\nhttp: {addr: \"127.0.0.1:" + PORT + "\"}\n");
		String name = "127.0.0.1:" + PORT + "/big:1";
		for (Service service : services) {
			Process registry = new ProcessBuilder(service.inside("docker-registry", "serve", configuration.toString()))
				.redirectErrorStream(true)
				.redirectOutput(this.directory.resolve("registry.log").toFile())
				.start();
			try {
				// it takes a moment until the registry listens, for which skopeo waits
				Processes.run(service.inside("skopeo", "--insecure-policy", "copy", "-q", "--retry-times", "5",
						"--dest-tls-verify=false", "docker-archive:" + archive, "docker://" + name));
				for (int round = -1; round < this.rounds; round++) {
					time("pull, " + service.name, round >= 0, service.docker("pull", "-q", name));
					Processes.run(service.docker("rmi", "-f", name));
				}
			}
			finally {
				Processes.stop(registry);
			}
		}
	}

	private void creates(List<Service> services, Path many, Path one) throws Exception {
		for (Service service : services) {
			Processes.run(service.docker("load", "-qi", many.toString()));
			Processes.run(service.docker("load", "-qi", one.toString()));
			try (UnixHttp http = new UnixHttp(service.server.socket())) {
				for (int round = -5; round < this.rounds * 10; round++) {
					create(http, "create of 40 layers, " + service.name, MANY, round);
					create(http, "create of 1 layer, " + service.name, ONE, round);
				}
			}
		}
	}

	private void create(UnixHttp http, String what, String image, int round) throws Exception {
		String name = "bench" + Math.floorMod(round, 100000) + image.replaceAll("[^a-z]", "");
		long begin = System.nanoTime();
		http.send("POST", "/containers/create?name=" + name, "{\"Image\":\"" + image + "\"}");
		record(what, round >= 0, begin);
		http.send("DELETE", "/containers/" + name, "");
	}

	private void time(String what, boolean counted, List<String> command) throws Exception {
		long begin = System.nanoTime();
		Processes.run(command);
		record(what, counted, begin);
	}

	private void record(String what, boolean counted, long begin) {
		long took = System.nanoTime() - begin;
		if (counted) {
			this.results.computeIfAbsent(what, (same) -> new Samples()).add(took);
		}
	}

	private void print() {
		System.out.printf("%-32s %6s %12s %12s%n", "", "n", "median ms", "p90 ms");
		this.results.forEach((what, samples) -> System.out.printf("%-32s %6d %12.1f %12.1f%n", what, samples.count(),
				samples.median(), samples.percentile(90)));
	}

	private static List<String> with(List<String> command, String... more) {
		List<String> whole = new ArrayList<>(command);
		whole.addAll(List.of(more));
		return whole;
	}

	/**
	 * A service by its client.
	 *
	 * @param name of it
	 * @param server it
	 */
	private record Service(String name, Servers.Server server) {

		List<String> docker(String... arguments) {
			return with(List.of("docker", "-H", "unix://" + this.server.socket()), arguments);
		}

		/** In its network namespace, of which the loopback is its own. */
		List<String> inside(String... command) {
			return with(List.of("nsenter", "-t", Long.toString(this.server.process().pid()), "-n"), command);
		}

	}

}
