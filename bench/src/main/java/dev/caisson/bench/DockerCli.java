package dev.caisson.bench;

import java.nio.file.Path;
import java.util.List;

/** {@code docker run --rm busybox true}, the whole process of the command. */
final class DockerCli implements Contestant {

	private final String name;

	private final Path socket;

	DockerCli(String name, Path socket) {
		this.name = name;
		this.socket = socket;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public void runOnce() throws Exception {
		Processes.run(List.of("docker", "-H", "unix://" + this.socket, "run", "--rm", "busybox", "true"));
	}

	@Override
	public void close() {
	}

}
