package dev.caisson.engine.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program of {@code src/test/c/probe.c}, which tries system calls. */
public final class ProbeProgram {

	private static final Path SOURCE = Path.of("isolation-engine/src/test/c/probe.c");

	private ProbeProgram() {
	}

	/** Compiles it into a directory: static, so that it runs in any container. */
	public static Path build(Path directory) throws IOException, InterruptedException {
		Path program = directory.resolve("probe");
		run(List.of("cc", "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program.toString(),
				source().toString()));
		return program;
	}

	/** Tests run in the directory of their module, or in the one above. */
	private static Path source() {
		return Stream.of(Path.of(""), Path.of(".."))
			.map((directory) -> directory.resolve(SOURCE).toAbsolutePath().normalize())
			.filter(Files::exists)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("no " + SOURCE));
	}

	/** Runs a command that is to succeed, and returns what it printed. */
	public static List<String> run(List<String> command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try {
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes());
			if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
				throw new AssertionError(command + ": " + output);
			}
			return output.lines().toList();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	/** What each call came to: an error number, 0, or "killed". */
	public static Map<String, String> parse(List<String> output) {
		Map<String, String> results = new LinkedHashMap<>();
		for (String line : output) {
			String[] words = line.split(" ");
			results.put(words[0], words[1]);
		}
		return results;
	}

}
