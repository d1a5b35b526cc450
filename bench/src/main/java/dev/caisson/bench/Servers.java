package dev.caisson.bench;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.testing.BusyboxRoot;

/**
 * The two services that are measured, each alone in its own network namespace with all
 * its state below one directory, and with the same image loaded.
 */
final class Servers {

	private Servers() {
	}

	/** Starts our own service from this checkout. */
	static Server caisson(Path directory) throws Exception {
		Path top = Path.of(Servers.class.getProtectionDomain().getCodeSource().getLocation().toURI())
			.getParent()
			.getParent()
			.getParent();
		Path socket = directory.resolve("caisson/run/caisson.sock");
		return start(directory, "caisson", socket, "ip link set lo up; exec " + top.resolve("caisson")
				+ " serve --data-root \"$1/data\" --run-root \"$1/run\" -- --caisson.cgroup-parent=caisson-bench");
	}

	/** Starts Debian's Docker Engine, as its peer in every comparison. */
	static Server docker(Path directory) throws Exception {
		Path socket = directory.resolve("docker/docker.sock");
		return start(directory, "docker", socket, """
				ip link set lo up
				umount /sys/fs/cgroup/unified 2>/dev/null
				exec dockerd --data-root "$1/data" --exec-root "$1/exec" -H "unix://$1/docker.sock" \
				  --pidfile "$1/pid" --ip 127.0.0.1""");
	}

	private static Server start(Path directory, String name, Path socket, String script) throws Exception {
		Path own = Files.createDirectories(directory.resolve(name));
		List<String> command = new ArrayList<>(List.of("unshare", "-n", "-m", "sh", "-c", script, "sh"));
		command.add(own.toString());
		Process process = Processes.serve(command, own.resolve("log"), socket);
		try (UnixHttp http = new UnixHttp(socket)) {
			http.upload("/images/load", BusyboxRoot.archive(own.resolve("busybox.tar")));
		}
		return new Server(process, socket);
	}

	/**
	 * A service that runs.
	 *
	 * @param process it
	 * @param socket where it answers
	 */
	record Server(Process process, Path socket) implements AutoCloseable {

		@Override
		public void close() {
			Processes.stop(this.process);
		}

	}

}
