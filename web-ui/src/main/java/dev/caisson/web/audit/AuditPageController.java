package dev.caisson.web.audit;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.caisson.platform.audit.AuditReader;
import dev.caisson.platform.audit.AuditReader.Line;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** Search in the audit log, and one record with its proof. */
@Controller
final class AuditPageController {

	private static final int PAGE = 50;

	private final AuditReader audit;

	AuditPageController(AuditReader audit) {
		this.audit = audit;
	}

	@GetMapping("/ui/audit")
	String search(@RequestParam Map<String, String> parameters, Model model) {
		list(parameters, model);
		return "audit";
	}

	@GetMapping("/ui/audit/{sequence}")
	String record(@PathVariable long sequence, Model model) {
		Line record = this.audit.record(sequence).orElseThrow(() -> new NoSuchRecordException(sequence));
		list(Map.of("before", Long.toString(sequence + PAGE / 2)), model);
		model.addAttribute("record", record);
		model.addAttribute("proof", this.audit.prove(sequence));
		return "audit";
	}

	/** A form sends empty fields, too. */
	private void list(Map<String, String> parameters, Model model) {
		Map<String, String> query = new TreeMap<>(parameters);
		query.values().removeIf(String::isEmpty);
		query.put("limit", Integer.toString(PAGE));
		List<Line> records = this.audit.find(query);
		model.addAttribute("records", records);
		model.addAttribute("search", new Search(query.getOrDefault("text", ""), query.getOrDefault("actor", ""),
				query.getOrDefault("outcome", ""), query.getOrDefault("kind", "")));
		model.addAttribute("outcomes", List.of("success", "failure", "denied"));
		model.addAttribute("kinds", List.of("intent", "outcome", "event"));
		if (records.size() == PAGE) {
			query.remove("limit");
			query.put("before", Long.toString(records.getLast().sequence()));
			model.addAttribute("older",
					"/ui/audit?" + query.entrySet()
						.stream()
						.map((each) -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
						.collect(Collectors.joining("&")));
		}
	}

	/** What is searched for, as the form shows it again. */
	public record Search(String text, String actor, String outcome, String kind) {
	}

}
