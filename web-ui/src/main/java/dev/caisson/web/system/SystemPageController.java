package dev.caisson.web.system;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.platform.CaissonSettings;
import dev.caisson.web.frame.Quantity;

import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** What this service is, and what it runs on. */
@Controller
final class SystemPageController {

	private final CaissonSettings settings;

	private final HealthEndpoint health;

	SystemPageController(CaissonSettings settings, HealthEndpoint health) {
		this.settings = settings;
		this.health = health;
	}

	@GetMapping("/ui/system")
	String system(Model model) throws IOException {
		HealthDescriptor readiness = this.health.healthForPath("readiness");
		boolean ready = readiness != null && Status.UP.equals(readiness.getStatus());
		model.addAttribute("view", new View(ready, List.of(service(), host(), storage(),
				new Group("Health", (readiness != null) ? parts(readiness) : Map.of()))));
		return "system";
	}

	private Group service() {
		Map<String, String> facts = new LinkedHashMap<>();
		facts.put("Caisson", CaissonSettings.version());
		facts.put("Java", Runtime.version().toString());
		facts.put("up",
				Duration.ofSeconds(ManagementFactory.getRuntimeMXBean().getUptime() / 1000)
					.toString()
					.substring("PT".length())
					.toLowerCase(java.util.Locale.ROOT));
		facts.put("heap", Quantity.bytes(Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory())
				+ " of " + Quantity.bytes(Runtime.getRuntime().maxMemory()));
		facts.put("socket", this.settings.socket().toString());
		return new Group("Service", facts);
	}

	private static Group host() throws IOException {
		Map<String, String> facts = new LinkedHashMap<>();
		facts.put("name", kernel("hostname"));
		facts.put("kernel", kernel("osrelease"));
		facts.put("cgroups", Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers")) ? "v2" : "v1 or hybrid");
		facts.put("SELinux", Files.exists(Path.of("/sys/fs/selinux/enforce")) ? "on" : "off");
		facts.put("seccomp", kernel("seccomp/actions_avail"));
		facts.put("user ns", kernel("../user/max_user_namespaces") + " at most");
		return new Group("Host", facts);
	}

	/** A text of the kernel about itself, see proc_sys_kernel(5). */
	private static String kernel(String name) throws IOException {
		Path file = Path.of("/proc/sys/kernel", name);
		return Files.isReadable(file) ? Files.readString(file).strip() : "not shown";
	}

	private Group storage() throws IOException {
		Map<String, String> facts = new LinkedHashMap<>();
		for (Path root : List.of(this.settings.dataRoot(), this.settings.runRoot())) {
			FileStore store = Files.getFileStore(root);
			facts.put(root.equals(this.settings.dataRoot()) ? "data" : "run", root + " on " + store.type() + ": "
					+ Quantity.bytes(store.getUsableSpace()) + " free of " + Quantity.bytes(store.getTotalSpace()));
		}
		return new Group("Storage", facts);
	}

	private static Map<String, String> parts(HealthDescriptor readiness) {
		Map<String, String> facts = new LinkedHashMap<>();
		facts.put("readiness", readiness.getStatus().getCode());
		if (readiness instanceof CompositeHealthDescriptor composite && composite.getComponents() != null) {
			composite.getComponents().forEach((name, part) -> facts.put(name, part.getStatus().getCode()));
		}
		return facts;
	}

	/** The page. */
	public record View(boolean ready, List<Group> groups) {
	}

	/** Facts under a title. */
	public record Group(String name, Map<String, String> facts) {
	}

}
