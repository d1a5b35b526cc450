package dev.caisson.platform.evidence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.platform.container.DeclaredContainers;
import dev.caisson.platform.container.DeclaredContainers.Declared;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** How containers are really isolated, for which Docker has no word. */
@RestController
@RequestMapping("/api/v1")
final class EvidenceController {

	private final Evidence evidence;

	private final DeclaredContainers containers;

	EvidenceController(Evidence evidence, DeclaredContainers containers) {
		this.evidence = evidence;
		this.containers = containers;
	}

	@GetMapping("/containers/{reference}/isolation")
	Map<String, @Nullable Object> isolation(@PathVariable String reference) {
		return ReportForm.full(this.evidence.observe(reference));
	}

	@GetMapping("/containers/{reference}/launches")
	List<Integer> launches(@PathVariable String reference) {
		return this.containers.find(reference).container().launches();
	}

	@GetMapping("/containers/{reference}/launches/{number}")
	Map<String, Object> launch(@PathVariable String reference, @PathVariable int number) {
		return this.containers.find(reference)
			.container()
			.launch(number)
			.map((trace) -> LaunchForm.of(number, trace))
			.orElseThrow(() -> new NoSuchLaunchException(reference, number));
	}

	@GetMapping("/containers/{reference}/compliance")
	List<Control> compliance(@PathVariable String reference) {
		return this.evidence.judge(reference);
	}

	/** All running containers by all controls. */
	@GetMapping("/compliance")
	Map<String, Object> compliance() {
		List<Map<String, Object>> rows = new ArrayList<>();
		for (Declared container : this.containers.live()) {
			try {
				rows.add(Map.of("id", container.id(), "name", container.name(), "controls",
						this.evidence.judge(container.id())));
			}
			catch (NotRunningException ended) {
				continue;
			}
		}
		Map<String, Object> form = new LinkedHashMap<>();
		form.put("benchmark", "CIS Docker Benchmark 1.6, section 5");
		form.put("controls", Compliance.titles());
		form.put("containers", rows);
		return form;
	}

}
