package dev.caisson.web;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** The first page. */
@Controller
final class OverviewController {

	@GetMapping("/")
	String overview() {
		return "overview";
	}

}
