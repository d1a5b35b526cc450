package dev.caisson.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.container.ContainerOverviews;
import dev.caisson.platform.container.ContainerOverview;

import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The first page: what runs, and what needs attention. */
@Controller
final class OverviewController {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'")
		.withZone(ZoneOffset.UTC);

	private final ContainerOverviews containers;

	private final HealthEndpoint health;

	private final CaissonSettings settings;

	OverviewController(ContainerOverviews containers, HealthEndpoint health, CaissonSettings settings) {
		this.containers = containers;
		this.health = health;
		this.settings = settings;
	}

	@GetMapping("/")
	String overview(Model model) throws IOException {
		List<ContainerOverview> all = this.containers.newestFirst();
		model.addAttribute("version", CaissonSettings.version());
		model.addAttribute("view",
				new Overview(all.stream().filter((each) -> each.state().phase().isLive()).count(),
						all.stream().map(ContainerRow::of).toList(), isReady(), kernel("hostname"), kernel("osrelease"),
						this.settings.socket().toString(), TIME.format(Instant.now())));
		return "overview";
	}

	private boolean isReady() {
		HealthDescriptor readiness = this.health.healthForPath("readiness");
		return readiness != null && Status.UP.equals(readiness.getStatus());
	}

	/** A text of the kernel about itself, see proc_sys_kernel(5). */
	private static String kernel(String name) throws IOException {
		return Files.readString(Path.of("/proc/sys/kernel", name)).strip();
	}

}
