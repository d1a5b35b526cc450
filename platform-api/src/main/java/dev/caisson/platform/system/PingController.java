package dev.caisson.platform.system;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The first question of every client: which versions are spoken. */
@RestController
final class PingController {

	/** HEAD is answered by the same method, without the body. */
	@GetMapping(path = "/_ping", produces = "text/plain;charset=utf-8")
	ResponseEntity<String> ping() {
		return ResponseEntity.ok()
			.header("Cache-Control", "no-cache, no-store, must-revalidate")
			.header("Pragma", "no-cache")
			.header("Builder-Version", "1")
			.header("Swarm", "inactive")
			.body("OK");
	}

}
