package dev.caisson.platform.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.platform.testing.UnixHttp;

import org.springframework.boot.builder.SpringApplicationBuilder;

/** The service in a process of its own, so that it can be killed. */
final class ServiceProcess implements AutoCloseable {

	static final String CGROUP = "caisson-test-kill";

	private static final String READY = "ready";

	private final Process process;

	private final Path directory;

	private ServiceProcess(Process process, Path directory) {
		this.process = process;
		this.directory = directory;
	}

	/** Returns when it is ready. */
	static ServiceProcess start(Path directory) throws IOException {
		Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
				"--enable-native-access=ALL-UNNAMED", "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
				ServiceProcess.class.getName(), directory.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader output = process.inputReader();
		for (String line = output.readLine(); !READY.equals(line); line = output.readLine()) {
			if (line == null) {
				throw new IOException("the service has ended");
			}
		}
		// a service whose output nobody reads would wait for a reader some day
		Thread.ofVirtual()
			.start(() -> output.lines().filter((line) -> line.contains("WARN")).forEach(System.err::println));
		return new ServiceProcess(process, directory);
	}

	UnixHttp api() {
		return new UnixHttp(this.directory.resolve("caisson.sock"));
	}

	/** As {@code kill -9} does. */
	void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	/** As {@code systemctl stop} does. */
	@Override
	public void close() {
		this.process.destroy();
		this.process.onExit().join();
	}

	public static void main(String[] args) {
		List<String> settings = List.of("--server.port=0", "--caisson.data-root=" + args[0] + "/data",
				"--caisson.run-root=" + args[0] + "/run", "--caisson.socket=" + args[0] + "/caisson.sock",
				"--caisson.cgroup-parent=" + CGROUP);
		new SpringApplicationBuilder(ContainerService.Application.class).build().run(settings.toArray(String[]::new));
		System.out.println(READY);
	}

}
