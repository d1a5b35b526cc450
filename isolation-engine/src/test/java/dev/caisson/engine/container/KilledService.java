package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import dev.caisson.engine.spec.ContainerId;

/**
 * A service in a JVM of its own, that is there to be killed. Takes back what is there, or
 * makes what is missing, says {@code ready} and waits.
 */
final class KilledService {

	static final LogSettings LOG = new LogSettings(1 << 20, 200);

	static final int LINES = 400_000;

	private KilledService() {
	}

	static Process start(Path data, Path run, String cgroup, Path layer) throws IOException {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp",
				classPath, KilledService.class.getName(), data.toString(), run.toString(), cgroup, layer.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		String line = process.inputReader().readLine();
		if (!"ready".equals(line)) {
			process.destroyForcibly();
			throw new IOException("the service said " + line);
		}
		return process;
	}

	/** What the service is told exists. */
	static Map<ContainerId, LogSettings> known(Path data) throws IOException {
		Map<ContainerId, LogSettings> known = new HashMap<>();
		if (Files.exists(data.resolve("containers"))) {
			try (var names = Files.list(data.resolve("containers"))) {
				names.forEach((path) -> known.put(new ContainerId(path.getFileName().toString()), LOG));
			}
		}
		return known;
	}

	static ContainerId id(char digit) {
		return new ContainerId(String.valueOf(digit).repeat(64));
	}

	@SuppressWarnings("resource")
	public static void main(String[] args) throws IOException {
		Path data = Path.of(args[0]);
		Path layer = Path.of(args[3]);
		Containers containers = Containers.open(args[2], data, Path.of(args[1]));
		containers.recover(known(data));
		if (containers.all().isEmpty()) {
			String count = "i=0; while [ $i -lt " + LINES + " ]; do echo line $i; i=$((i+1)); done";
			start(containers, new SpecBuilder(id('a'), layer).shell(count), id('a'));
			start(containers, new SpecBuilder(id('b'), layer).shell("echo bye; sleep 1.5; echo gone; exit 7"), id('b'));
			start(containers, new SpecBuilder(id('c'), layer).run("sleep", "1000"), id('c'));
			start(containers, new SpecBuilder(id('d'), layer).terminal().shell(count + "; exit 9"), id('d'));
		}
		System.out.println("ready");
		System.in.read();
	}

	private static void start(Containers containers, SpecBuilder spec, ContainerId id) {
		containers.create(id, LOG).start(spec.build());
	}

}
