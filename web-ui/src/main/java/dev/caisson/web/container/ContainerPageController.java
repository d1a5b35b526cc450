package dev.caisson.web.container;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.container.LogQuery;
import dev.caisson.engine.launch.LaunchTrace;
import dev.caisson.platform.audit.AuditReader;
import dev.caisson.platform.container.ContainerOverview;
import dev.caisson.platform.container.ContainerOverviews;
import dev.caisson.platform.container.DeclaredContainers;
import dev.caisson.platform.container.DeclaredContainers.Declared;
import dev.caisson.platform.evidence.Control;
import dev.caisson.platform.evidence.Evidence;
import dev.caisson.platform.evidence.NotRunningException;
import dev.caisson.platform.evidence.Observed;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The pages of one container. */
@Controller
@RequestMapping("/ui/containers/{reference}")
final class ContainerPageController {

	private final ContainerOverviews overviews;

	private final DeclaredContainers containers;

	private final Evidence evidence;

	private final UseRates rates;

	private final AuditReader audit;

	ContainerPageController(ContainerOverviews overviews, DeclaredContainers containers, Evidence evidence,
			UseRates rates, AuditReader audit) {
		this.overviews = overviews;
		this.containers = containers;
		this.evidence = evidence;
		this.rates = rates;
		this.audit = audit;
	}

	@GetMapping
	String summary(@PathVariable String reference, Model model) {
		Declared container = open(reference, "summary", model);
		model.addAttribute("definition", container.definition());
		model.addAttribute("limits", limits(container, this.overviews.find(container.id()), Map.of()));
		return "container-summary";
	}

	/** What the head of each page shows. */
	private Declared open(String reference, String tab, Model model) {
		Declared container = this.containers.find(reference);
		IsolationCount count = this.evidence.latest(container.id()).map(IsolationCount::of).orElse(IsolationCount.NONE);
		ContainerOverview overview = this.overviews.find(container.id());
		Use use = overview.state().phase().isLive() ? this.rates.of(container) : Use.NONE;
		model.addAttribute("tab", tab);
		model.addAttribute("container", ContainerRow.of(overview, use, count));
		model.addAttribute("pid", overview.state().pid());
		return container;
	}

	/** Of one that does not run, what was last seen. */
	@GetMapping("/isolation")
	String isolation(@PathVariable String reference, Model model) {
		Declared container = open(reference, "isolation", model);
		Observed observed;
		List<Control> controls;
		try {
			controls = this.evidence.judge(container.id());
			observed = this.evidence.latest(container.id()).orElse(null);
		}
		catch (NotRunningException ex) {
			controls = List.of();
			observed = this.evidence.latest(container.id()).orElse(null);
		}
		if (observed != null) {
			model.addAttribute("view", new IsolationView(observed, controls,
					limits(container, this.overviews.find(container.id()), observed.report().controls())));
		}
		return "container-isolation";
	}

	private List<LimitBar> limits(Declared container, ContainerOverview overview, Map<String, String> controls) {
		return container.container()
			.stats()
			.map((stats) -> LimitBar.of(overview, stats, this.rates.of(container), controls))
			.orElse(List.of());
	}

	@GetMapping("/launch")
	String launch(@PathVariable String reference, @RequestParam(defaultValue = "0") int run, Model model) {
		Declared container = open(reference, "launch", model);
		List<Integer> kept = container.container().launches();
		Optional<LaunchTrace> trace = (run > 0) ? container.container().launch(run)
				: container.container().lastLaunch();
		int number = (run > 0) ? run : (kept.isEmpty() ? 0 : kept.getLast());
		trace.ifPresent((found) -> model.addAttribute("launch", new LaunchView(number, found)));
		model.addAttribute("runs", kept.reversed());
		return "container-launch";
	}

	@GetMapping("/logs")
	String logs(@PathVariable String reference, Model model) {
		Declared container = open(reference, "logs", model);
		model.addAttribute("log", LogView.tail(container.container()));
		model.addAttribute("terminal", container.definition().config().tty());
		return "container-logs";
	}

	/** All of it, as it was written. */
	@GetMapping("/logs/download")
	void download(@PathVariable String reference, HttpServletResponse response) throws IOException {
		Declared container = this.containers.find(reference);
		response.setContentType("application/octet-stream");
		response.setHeader("Content-Disposition", "attachment; filename=\"" + container.id() + ".log\"");
		ServletOutputStream output = response.getOutputStream();
		container.container().readLog(new LogQuery(true, true, null, null, -1, false), (line) -> {
			try {
				output.write(line.text());
			}
			catch (IOException ex) {
				throw new java.io.UncheckedIOException(ex);
			}
		});
	}

	/** A page that is open asks for the figures alone. */
	@GetMapping("/stats")
	String stats(@PathVariable String reference,
			@RequestHeader(name = "HX-Request", required = false) @Nullable String partial, Model model) {
		Declared container = open(reference, "stats", model);
		model.addAttribute("limits", limits(container, this.overviews.find(container.id()),
				this.evidence.latest(container.id()).map((seen) -> seen.report().controls()).orElse(Map.of())));
		return (partial != null) ? "container-stats :: live" : "container-stats";
	}

	@GetMapping("/audit")
	String audit(@PathVariable String reference, Model model) {
		Declared container = open(reference, "audit", model);
		model.addAttribute("records", this.audit.find(Map.of("target", "containers/" + container.id())));
		return "container-audit";
	}

	@GetMapping("/inspect")
	String inspect(@PathVariable String reference, Model model) {
		Declared container = open(reference, "inspect", model);
		model.addAttribute("json", this.overviews.inspect(container.id()));
		return "container-inspect";
	}

}
