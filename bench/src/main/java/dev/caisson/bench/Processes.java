package dev.caisson.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that the benchmark runs. */
final class Processes {

	private Processes() {
	}

	/** Runs a program to its end; any status but 0 is an error. */
	static void run(List<String> command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes());
		try {
			int status = process.waitFor();
			if (status != 0) {
				throw new IOException(String.join(" ", command) + ": status " + status + ": " + output.strip());
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			throw new IOException("interrupted", ex);
		}
	}

	/** Starts a server and waits until its socket can be connected to. */
	static Process serve(List<String> command, Path log, Path socket) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		for (int i = 0; i < 600; i++) {
			if (!process.isAlive()) {
				throw new IOException(command.getFirst() + " has ended:\n" + Files.readString(log));
			}
			try (UnixHttp http = new UnixHttp(socket)) {
				http.send("GET", "/_ping", "");
				return process;
			}
			catch (IOException ex) {
				Thread.sleep(50);
			}
		}
		stop(process);
		throw new IOException(command.getFirst() + " does not answer on " + socket + ":\n" + Files.readString(log));
	}

	static void stop(Process process) {
		process.destroy();
		try {
			if (!process.waitFor(20, TimeUnit.SECONDS)) {
				process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	/** Whether a program is on the PATH. */
	static boolean installed(String program) {
		for (String directory : System.getenv("PATH").split(":")) {
			if (Files.isExecutable(Path.of(directory, program))) {
				return true;
			}
		}
		return false;
	}

}
