package dev.caisson.engine.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The programs of {@code src/test/c}: probe, which tries system calls, and spy. */
public final class ProbeProgram {

	private static final Path SOURCES = Path.of("isolation-engine/src/test/c");

	private ProbeProgram() {
	}

	/** Compiles probe into a directory: static, so that it runs in any container. */
	public static Path build(Path directory) throws IOException, InterruptedException {
		return build(directory, "probe");
	}

	/** Compiles one of them. */
	public static Path build(Path directory, String name) throws IOException, InterruptedException {
		Path program = directory.resolve(name);
		run(List.of("cc", "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program.toString(),
				source(name).toString()));
		return program;
	}

	/** Tests run in the directory of their module, or in the one above. */
	private static Path source(String name) {
		return Stream.of(Path.of(""), Path.of(".."))
			.map((directory) -> directory.resolve(SOURCES).resolve(name + ".c").toAbsolutePath().normalize())
			.filter(Files::exists)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("no " + name + ".c in " + SOURCES));
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
