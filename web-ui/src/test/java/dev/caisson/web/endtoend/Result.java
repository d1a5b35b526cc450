package dev.caisson.web.endtoend;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What a command came to.
 *
 * @param status its exit status
 * @param output its standard output
 * @param errors its standard error
 */
record Result(int status, String output, String errors) {

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	static Result of(ProcessBuilder builder, String input) throws Exception {
		return of(builder, input, PATIENCE);
	}

	static Result of(ProcessBuilder builder, String input, Duration patience) throws Exception {
		Process process = builder.start();
		CompletableFuture<String> errors = CompletableFuture
			.supplyAsync(() -> read(process.errorReader(StandardCharsets.UTF_8)), Thread::startVirtualThread);
		CompletableFuture<String> output = CompletableFuture
			.supplyAsync(() -> read(process.inputReader(StandardCharsets.UTF_8)), Thread::startVirtualThread);
		try (OutputStream in = process.getOutputStream()) {
			in.write(input.getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ended) {
			// a command may end without reading its input
		}
		if (!process.waitFor(patience)) {
			process.destroyForcibly().waitFor();
			throw new AssertionError(builder.command() + " did not end within " + patience.toSeconds() + " s");
		}
		return new Result(process.exitValue(), output.get(), errors.get());
	}

	private static String read(java.io.Reader reader) {
		try (reader) {
			return reader.readAllAsString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Result succeeded() {
		if (this.status != 0) {
			throw new AssertionError("status " + this.status + ": " + this.errors + this.output);
		}
		return this;
	}

}
