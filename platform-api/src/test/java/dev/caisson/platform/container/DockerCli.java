package dev.caisson.platform.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Docker's own client.
 *
 * @param socket of the service
 * @param configuration its directory
 */
record DockerCli(Path socket, Path configuration) {

	Result run(byte[] input, String... arguments) throws Exception {
		Bytes bytes = runBinary(input, arguments);
		return new Result(bytes.exitCode(), new String(bytes.output(), StandardCharsets.UTF_8), bytes.error());
	}

	Bytes runBinary(byte[] input, String... arguments) throws Exception {
		Process process = start(arguments);
		Future<byte[]> error = read(process.getErrorStream());
		Future<byte[]> output = read(process.getInputStream());
		try (OutputStream stdin = process.getOutputStream()) {
			stdin.write(input);
		}
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("docker ends").isTrue();
		return new Bytes(process.exitValue(), output.get(), new String(error.get(), StandardCharsets.UTF_8));
	}

	/** Starts it and leaves it alone. */
	Process start(String... arguments) throws IOException {
		return new ProcessBuilder(command(arguments)).start();
	}

	List<String> command(String... arguments) {
		List<String> command = new ArrayList<>(
				List.of("docker", "--config", this.configuration.toString(), "-H", "unix://" + this.socket));
		command.addAll(Arrays.asList(arguments));
		return command;
	}

	/** By a thread of its own: the common pool may have but one. */
	private static Future<byte[]> read(InputStream stream) {
		FutureTask<byte[]> reading = new FutureTask<>(stream::readAllBytes);
		Thread.ofPlatform().daemon().start(reading);
		return reading;
	}

	/** What the client printed. */
	record Result(int exitCode, String output, String error) {
	}

	/** The same, of a program whose output is no text. */
	record Bytes(int exitCode, byte[] output, String error) {
	}

}
