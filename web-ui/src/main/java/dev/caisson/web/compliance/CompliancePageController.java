package dev.caisson.web.compliance;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.platform.container.DeclaredContainers;
import dev.caisson.platform.container.DeclaredContainers.Declared;
import dev.caisson.platform.evidence.Evidence;
import dev.caisson.platform.evidence.NotRunningException;
import dev.caisson.web.compliance.Matrix.Judged;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** All running containers by all controls, to be read or printed. */
@Controller
final class CompliancePageController {

	private final DeclaredContainers containers;

	private final Evidence evidence;

	CompliancePageController(DeclaredContainers containers, Evidence evidence) {
		this.containers = containers;
		this.evidence = evidence;
	}

	@GetMapping("/ui/compliance")
	String compliance(Model model) {
		List<Judged> judged = new ArrayList<>();
		for (Declared container : this.containers.live()) {
			try {
				judged.add(new Judged(container.id(), container.name(), this.evidence.judge(container.id())));
			}
			catch (NotRunningException ended) {
				continue;
			}
		}
		model.addAttribute("matrix", new Matrix(judged));
		return "compliance";
	}

}
