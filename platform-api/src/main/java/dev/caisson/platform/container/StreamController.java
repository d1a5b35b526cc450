package dev.caisson.platform.container;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.ContainerState.Phase;
import dev.caisson.engine.container.LogQuery;
import dev.caisson.platform.server.ApiVersion;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ClientWatch;
import dev.caisson.platform.server.Hijack;
import dev.caisson.platform.server.QueryFlag;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What goes in and out of containers, and their end. */
@RestController
@RequestMapping("/containers/{reference}")
final class StreamController {

	private final ContainerRegistry registry;

	private final ContainerEvents events;

	StreamController(ContainerRegistry registry, ContainerEvents events) {
		this.registry = registry;
		this.events = events;
	}

	@PostMapping("/attach")
	void attach(@PathVariable String reference, HttpServletRequest request, HttpServletResponse response,
			ApiVersion version) throws IOException {
		ContainerEntry entry = attachable(reference);
		boolean terminal = entry.definition().config().tty();
		AttachChoice choice = AttachChoice.of(request, entry.definition().config());
		this.events.publish(entry, "attach");
		Hijack.start(request, response, Hijack.contentType(version, terminal), new Attachment(entry, choice, terminal));
	}

	/**
	 * The same over a WebSocket: what the container writes comes raw, as Docker has it.
	 */
	@GetMapping("/attach/ws")
	void attachByWebSocket(@PathVariable String reference, HttpServletRequest request) throws IOException {
		ContainerEntry entry = attachable(reference);
		AttachChoice choice = AttachChoice.of(request, entry.definition().config());
		Hijack.startWebSocket(request, new Attachment(entry, choice, true));
	}

	private ContainerEntry attachable(String reference) {
		ContainerEntry entry = this.registry.find(reference);
		if (entry.state().phase() == Phase.PAUSED) {
			throw new ContainerConflictException(
					"container " + reference + " is paused, unpause the container before attach");
		}
		return entry;
	}

	@GetMapping("/logs")
	void logs(@PathVariable String reference, LogParameters parameters,
			@RequestParam(required = false) @Nullable String details, HttpServletRequest request,
			HttpServletResponse response, ApiVersion version) throws IOException {
		ContainerEntry entry = this.registry.find(reference);
		LogQuery query = parameters.query();
		if (entry.definition().hostConfig().logConfig().type().equals("none")) {
			throw new BadParameterException("configured logging driver does not support reading");
		}
		boolean terminal = entry.definition().config().tty();
		LogFormat format = new LogFormat(!terminal, parameters.withTimestamps(),
				QueryFlag.isTrue(details) ? LogDetails.of(entry.definition()) : "");
		String contentType = Hijack.contentType(version, terminal);
		if (query.follow()) {
			Hijack.start(request, response, contentType, new LogFollowing(entry.container(), query, format));
			return;
		}
		response.setContentType(contentType);
		ServletOutputStream output = response.getOutputStream();
		LogFollowing.read(entry.container(), query, (line) -> output.write(format.bytes(line)));
		output.flush();
	}

	/**
	 * The headers go out at once: clients start the container only when they have them.
	 */
	@PostMapping("/wait")
	void waitFor(@PathVariable String reference, @RequestParam(defaultValue = "") String condition,
			HttpServletRequest request, HttpServletResponse response) throws IOException {
		ContainerEntry entry = this.registry.find(reference);
		CompletableFuture<ContainerState> end = future(entry, condition);
		response.setContentType("application/json");
		response.flushBuffer();
		ContainerState state = await(end, request);
		if (state != null) {
			response.getOutputStream().println("{\"StatusCode\":" + state.exitCode() + "}");
		}
	}

	private static CompletableFuture<ContainerState> future(ContainerEntry entry, String condition) {
		return switch (condition) {
			case "", "not-running" ->
				entry.restarts().isWaiting() ? entry.container().nextExit() : entry.container().exit();
			case "next-exit" -> entry.container().nextExit().applyToEither(entry.removed(), (state) -> state);
			case "removed" -> entry.removed();
			default -> throw new BadParameterException("invalid condition: \"" + condition + "\"");
		};
	}

	/** Returns null if the client has gone before. */
	private static @Nullable ContainerState await(CompletableFuture<ContainerState> end, HttpServletRequest request) {
		try (ClientWatch.Watch client = ClientWatch.start(request, Thread.currentThread()::interrupt)) {
			Objects.requireNonNull(client);
			return end.get();
		}
		catch (InterruptedException ex) {
			return null;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("wait for a container", ex.getCause());
		}
	}

	@PostMapping("/resize")
	void resize(@PathVariable String reference, @RequestParam(required = false) @Nullable String h,
			@RequestParam(required = false) @Nullable String w) {
		ContainerEntry entry = this.registry.find(reference);
		Integer rows = QueryFlag.number("h", h);
		Integer columns = QueryFlag.number("w", w);
		if (rows == null || columns == null || rows < 0 || columns < 0) {
			throw new BadParameterException("invalid size of the terminal: h and w must be numbers");
		}
		if (!entry.isLive()) {
			throw ContainerConflictException.notRunning(entry);
		}
		entry.container().resize(rows, columns);
		this.events.publish(entry, "resize",
				Map.of("height", Integer.toString(rows), "width", Integer.toString(columns)));
	}

}
