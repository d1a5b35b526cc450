package dev.caisson.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.engine.testing.BusyboxRoot;

/**
 * {@code crun run} or {@code runc run} on a bundle that its own {@code spec} command
 * wrote: without network, overlay and seccomp, which it does not set up by itself.
 */
final class OciRuntime implements Contestant {

	private final String program;

	private final Path bundle;

	private final Process shell;

	private int count;

	/**
	 * Prepares the bundle.
	 * @param directory where it is made
	 */
	OciRuntime(String program, Path directory) throws Exception {
		this.program = program;
		this.bundle = Files.createDirectories(directory.resolve(program));
		BusyboxRoot.directory(this.bundle.resolve("rootfs"));
		Processes.run(List.of("sh", "-c", "cd '" + this.bundle + "' && " + program + " spec"));
		Path config = this.bundle.resolve("config.json");
		Files.writeString(config,
				Files.readString(config)
					.replaceFirst("\"args\": \\[[^]]*]", "\"args\": [\"/bin/true\"]")
					.replace("\"terminal\": true", "\"terminal\": false"));
		this.shell = namespace();
	}

	/**
	 * A mount namespace without the hybrid hierarchy, which crun refuses to work with.
	 */
	private static Process namespace() throws IOException {
		Process shell = new ProcessBuilder("unshare", "-m", "sh", "-c",
				"umount /sys/fs/cgroup/unified 2>/dev/null; echo ready; exec cat")
			.start();
		shell.inputReader().readLine();
		return shell;
	}

	@Override
	public String name() {
		return this.program + " run";
	}

	@Override
	public void runOnce() throws Exception {
		Processes.run(List.of("nsenter", "-t", Long.toString(this.shell.pid()), "-m", this.program, "run", "--bundle",
				this.bundle.toString(), "caisson-bench-" + ProcessHandle.current().pid() + "-" + this.count++));
	}

	@Override
	public void close() {
		Processes.stop(this.shell);
	}

}
