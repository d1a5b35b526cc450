package dev.caisson.web.frame;

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The way in. */
@Controller
final class SignInController {

	@GetMapping("/sign-in")
	String signIn(@RequestParam(required = false) @Nullable String failed, Model model) {
		model.addAttribute("failed", failed != null);
		return "sign-in";
	}

}
