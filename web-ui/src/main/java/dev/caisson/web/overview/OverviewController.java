package dev.caisson.web.overview;

import java.io.IOException;
import java.util.List;
import java.util.Set;

import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.event.Event;
import dev.caisson.platform.event.EventLog;
import dev.caisson.web.container.ContainerRows;
import dev.caisson.web.frame.Quantity;
import dev.caisson.web.overview.Overview.Happening;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;

/** The first page: what runs, what needs attention, what has just happened. */
@Controller
final class OverviewController {

	private static final int MOST_EVENTS = 8, LOOKED_THROUGH = 60;

	/** What clients do all the time and nobody wants to read about. */
	private static final Set<String> NOISE = Set.of("attach", "resize", "top", "exec_die", "exec_create", "exec_start");

	private final ContainerRows containers;

	private final EventLog events;

	private final HealthEndpoint health;

	private final CaissonSettings settings;

	OverviewController(ContainerRows containers, EventLog events, HealthEndpoint health, CaissonSettings settings) {
		this.containers = containers;
		this.events = events;
		this.health = health;
		this.settings = settings;
	}

	/** A page that is open asks for its changing part alone. */
	@GetMapping("/")
	String overview(@RequestHeader(name = "HX-Request", required = false) @Nullable String partial, Model model)
			throws IOException {
		model.addAttribute("view", new Overview(this.containers.all(), isReady(), HostLoad.read(),
				this.settings.socket().toString(), happenings()));
		return (partial != null) ? "overview :: live" : "overview";
	}

	private boolean isReady() {
		HealthDescriptor readiness = this.health.healthForPath("readiness");
		return readiness != null && Status.UP.equals(readiness.getStatus());
	}

	private List<Happening> happenings() {
		return this.events.after(Math.max(0, this.events.last() - LOOKED_THROUGH))
			.reversed()
			.stream()
			.filter((event) -> !NOISE.contains(event.action().split(":", 2)[0]))
			.limit(MOST_EVENTS)
			.map(OverviewController::happening)
			.toList();
	}

	private static Happening happening(Event event) {
		boolean container = event.type().equals("container");
		String name = event.attributes().getOrDefault("name", Quantity.id(event.actorId()));
		return new Happening(event.time(), container && !event.action().equals("destroy") ? event.actorId() : "", name,
				event.type() + " " + event.action().replace('_', ' ') + code(event));
	}

	/** With what it ended, or by what. */
	private static String code(Event event) {
		return switch (event.action()) {
			case "die" -> ", exit " + event.attributes().getOrDefault("exitCode", "?");
			case "kill" -> ", signal " + event.attributes().getOrDefault("signal", "?");
			case "isolation_drift" -> ": " + event.attributes().getOrDefault("item", "") + " was declared "
					+ event.attributes().getOrDefault("declared", "?") + ", the kernel says "
					+ event.attributes().getOrDefault("observed", "?");
			default -> "";
		};
	}

}
