package dev.caisson.platform.system;

import java.io.IOException;
import java.util.Map;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The summary of the host and of what is on it. */
@RestController
final class InfoController {

	private final SystemInfo info;

	InfoController(SystemInfo info) {
		this.info = info;
	}

	@GetMapping("/info")
	Map<String, Object> info() throws IOException {
		return this.info.now();
	}

}
