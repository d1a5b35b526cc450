package dev.caisson.platform.container;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.caisson.platform.server.ClientWatch;
import dev.caisson.platform.server.QueryFlag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tells clients what containers use: once, or every second. */
@RestController
final class StatsController {

	private static final Duration PERIOD = Duration.ofSeconds(1);

	private final ContainerRegistry registry;

	private final Usage usage;

	private final JsonMapper json;

	StatsController(ContainerRegistry registry, Usage usage, JsonMapper json) {
		this.registry = registry;
		this.usage = usage;
		this.json = json;
	}

	/** The headers go out at once: clients wait for them before they draw. */
	@GetMapping("/containers/{reference}/stats")
	void stats(@PathVariable String reference, @RequestParam(defaultValue = "true") String stream,
			@RequestParam(name = "one-shot", defaultValue = "false") String oneShot, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		ContainerEntry entry = this.registry.find(reference);
		response.setContentType("application/json");
		if (!QueryFlag.isTrue(stream) && (QueryFlag.isTrue(oneShot) || !entry.isLive())) {
			write(StatsView.of(entry, UsageSample.NONE, this.usage.sample(entry)), response);
			return;
		}
		response.flushBuffer();
		try (ClientWatch.Watch _ = ClientWatch.start(request, Thread.currentThread()::interrupt)) {
			follow(entry, QueryFlag.isTrue(stream), response);
		}
		catch (InterruptedException ex) {
			// nobody is there to be answered
			response.setStatus(HttpServletResponse.SC_OK);
		}
	}

	/** A rate needs two samples, so that the only one of a kind is the second. */
	private void follow(ContainerEntry entry, boolean stream, HttpServletResponse response)
			throws IOException, InterruptedException {
		UsageSample before = this.usage.sample(entry);
		if (stream) {
			write(StatsView.of(entry, UsageSample.NONE, before), response);
		}
		do {
			Thread.sleep(PERIOD);
			UsageSample sample = this.usage.sample(entry);
			write(StatsView.of(entry, before, sample), response);
			before = sample;
		}
		while (stream && !entry.removed().isDone());
	}

	private void write(Map<String, Object> view, HttpServletResponse response) throws IOException {
		response.getOutputStream().write(this.json.writeValueAsBytes(view));
		response.getOutputStream().write('\n');
		response.flushBuffer();
	}

	/** Beyond Docker: all that run in one answer, without rates. */
	@GetMapping("/api/v1/containers/stats")
	List<Map<String, Object>> all() {
		return this.usage.sample(List.copyOf(this.registry.all()))
			.entrySet()
			.stream()
			.map((sampled) -> StatsView.of(sampled.getKey(), UsageSample.NONE, sampled.getValue()))
			.toList();
	}

}
