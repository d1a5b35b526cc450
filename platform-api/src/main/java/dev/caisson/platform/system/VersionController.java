package dev.caisson.platform.system;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.server.ApiVersion;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Which version of what answers. */
@RestController
final class VersionController {

	@GetMapping("/version")
	Map<String, Object> version() {
		Map<String, String> details = details();
		Map<String, Object> answer = new TreeMap<>(details);
		answer.put("Version", CaissonSettings.version());
		answer.put("Experimental", false);
		answer.put("Platform", Map.of("Name", "Caisson"));
		details.put("Experimental", "false");
		answer.put("Components",
				List.of(Map.of("Name", "Engine", "Version", CaissonSettings.version(), "Details", details)));
		return answer;
	}

	/** What Docker's clients print of a component. There is no Go in this one. */
	private static Map<String, String> details() {
		Map<String, String> details = new TreeMap<>();
		details.put("ApiVersion", ApiVersion.MAXIMUM.toString());
		details.put("MinAPIVersion", ApiVersion.MINIMUM.toString());
		details.put("Os", "linux");
		details.put("Arch", HostFacts.architecture());
		details.put("KernelVersion", System.getProperty("os.version"));
		details.put("GitCommit", "");
		details.put("GoVersion", "none (Java " + System.getProperty("java.version") + ")");
		details.put("BuildTime", "");
		return details;
	}

}
