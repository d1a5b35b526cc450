package dev.caisson.web.container;

import java.util.List;

import dev.caisson.platform.container.ContainerActions;
import dev.caisson.platform.container.ContainerActions.Verb;
import dev.caisson.platform.container.ContainerOverviews;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;

/** The list of containers, and what can be done to one from there. */
@Controller
final class ContainerListController {

	private final ContainerRows rows;

	private final ContainerOverviews overviews;

	private final ContainerActions actions;

	ContainerListController(ContainerRows rows, ContainerOverviews overviews, ContainerActions actions) {
		this.rows = rows;
		this.overviews = overviews;
		this.actions = actions;
	}

	/** A page that is open asks for the rows alone. */
	@GetMapping("/ui/containers")
	String list(@RequestParam(defaultValue = "") String q, @RequestParam(defaultValue = "") String state,
			@RequestParam(defaultValue = "") String sort,
			@RequestHeader(name = "HX-Request", required = false) @Nullable String partial, Model model) {
		ContainerChoice choice = new ContainerChoice(q, state, sort);
		List<ContainerRow> all = this.rows.all();
		model.addAttribute("choice", choice);
		model.addAttribute("list", new ContainerList(all, choice.of(all)));
		return (partial != null) ? "containers :: live" : "containers";
	}

	/** What cannot be undone is asked for twice. */
	@GetMapping("/ui/containers/{reference}/{verb:kill|remove}")
	String ask(@PathVariable String reference, @PathVariable String verb, Model model) {
		model.addAttribute("verb", verb);
		model.addAttribute("container", ContainerRow.of(this.overviews.find(reference), Use.NONE, IsolationCount.NONE));
		return "confirm";
	}

	@PostMapping("/ui/containers/{reference}/start")
	String start(@PathVariable String reference, @RequestParam(defaultValue = "") String back) {
		return perform(Verb.START, reference, back);
	}

	@PostMapping("/ui/containers/{reference}/stop")
	String stop(@PathVariable String reference, @RequestParam(defaultValue = "") String back) {
		return perform(Verb.STOP, reference, back);
	}

	@PostMapping("/ui/containers/{reference}/restart")
	String restart(@PathVariable String reference, @RequestParam(defaultValue = "") String back) {
		return perform(Verb.RESTART, reference, back);
	}

	@PostMapping("/ui/containers/{reference}/pause")
	String pause(@PathVariable String reference, @RequestParam(defaultValue = "") String back) {
		return perform(Verb.PAUSE, reference, back);
	}

	@PostMapping("/ui/containers/{reference}/unpause")
	String unpause(@PathVariable String reference, @RequestParam(defaultValue = "") String back) {
		return perform(Verb.UNPAUSE, reference, back);
	}

	@PostMapping("/ui/containers/{reference}/kill")
	String kill(@PathVariable String reference) {
		return perform(Verb.KILL, reference, "page");
	}

	@PostMapping("/ui/containers/{reference}/remove")
	String remove(@PathVariable String reference) {
		return perform(Verb.REMOVE, reference, "");
	}

	private String perform(Verb verb, String reference, String back) {
		String id = this.overviews.find(reference).id();
		this.actions.perform(verb, id);
		return back.equals("page") ? "redirect:/ui/containers/" + id : "redirect:/ui/containers";
	}

}
