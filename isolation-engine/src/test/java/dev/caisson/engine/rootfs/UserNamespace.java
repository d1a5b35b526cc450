package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.engine.linux.Fd;

/** A user namespace that maps 65,536 ids from one of the host's upward. */
final class UserNamespace implements AutoCloseable {

	private final Process process;

	UserNamespace(int first) throws IOException, InterruptedException {
		Path own = Path.of("/proc/self/ns/user");
		this.process = new ProcessBuilder("unshare", "--user", "sleep", "60").start();
		Path directory = Path.of("/proc", Long.toString(this.process.pid()));
		while (Files.readSymbolicLink(directory.resolve("ns/user")).equals(Files.readSymbolicLink(own))) {
			Thread.sleep(1);
		}
		Files.writeString(directory.resolve("uid_map"), "0 " + first + " 65536\n");
		Files.writeString(directory.resolve("gid_map"), "0 " + first + " 65536\n");
	}

	Fd open() {
		return Fd.open(Path.of("/proc", Long.toString(this.process.pid()), "ns/user"), Fd.O_RDONLY);
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
