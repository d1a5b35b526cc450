package dev.caisson.platform.event;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ClientWatch;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryTime;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tells clients what happens, and what happened. */
@RestController
final class EventController {

	private static final String JSON_SEQUENCE = "application/json-seq";

	/** Of RFC 7464: stands before each text of a sequence. */
	private static final int RECORD_SEPARATOR = 0x1e;

	private final EventLog events;

	EventController(EventLog events) {
		this.events = events;
	}

	@GetMapping("/events")
	void follow(@RequestParam(required = false) @Nullable String since,
			@RequestParam(required = false) @Nullable String until,
			@RequestParam(required = false) @Nullable String filters, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		Instant from = QueryTime.parse("since", since);
		Instant to = QueryTime.parse("until", until);
		if (from != null && to != null && to.isBefore(from)) {
			throw new BadParameterException(
					"`since` time (" + since + ") cannot be after `until` time (" + until + ")");
		}
		EventFilter filter = new EventFilter(ListFilters.parse(filters));
		long place = start(from, to);
		response.setContentType(mediaType(request));
		response.flushBuffer();
		AtomicBoolean gone = new AtomicBoolean();
		try (ClientWatch.Watch _ = ClientWatch.start(request, () -> {
			gone.set(true);
			this.events.wake();
		})) {
			send(place, to, filter, gone, response);
		}
	}

	/**
	 * History is for those who name a time; an end that has passed asks for all of it.
	 */
	private long start(@Nullable Instant since, @Nullable Instant until) {
		if (since != null) {
			return this.events.before(since);
		}
		return (until != null && until.isBefore(Clock.systemUTC().instant())) ? 0 : this.events.last();
	}

	/**
	 * The types by which a client asks for one event a line, and the one it gets anyway.
	 */
	private static String mediaType(HttpServletRequest request) {
		String accepted = request.getHeader("Accept");
		String types = (accepted != null) ? accepted.toLowerCase(Locale.ROOT) : "";
		return List.of(JSON_SEQUENCE, "application/x-ndjson", "application/jsonl")
			.stream()
			.filter(types::contains)
			.findFirst()
			.orElse("application/json");
	}

	private void send(long start, @Nullable Instant until, EventFilter filter, AtomicBoolean gone,
			HttpServletResponse response) throws IOException {
		boolean separated = JSON_SEQUENCE.equals(response.getContentType());
		long place = start;
		while (this.events.await(place, until, gone::get)) {
			List<Event> next = this.events.after(place);
			for (Event event : next) {
				if (until != null && event.time().isAfter(until)) {
					return;
				}
				if (filter.matches(event)) {
					write(event, separated, response.getOutputStream());
				}
			}
			response.flushBuffer();
			place = next.getLast().sequence();
		}
	}

	private static void write(Event event, boolean separated, ServletOutputStream output) throws IOException {
		if (separated) {
			output.write(RECORD_SEPARATOR);
		}
		output.write(EventForm.message(event));
		output.write('\n');
	}

}
