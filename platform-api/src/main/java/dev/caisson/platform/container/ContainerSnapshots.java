package dev.caisson.platform.container;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.platform.audit.TargetSnapshots;
import dev.caisson.platform.server.ApiException;

import org.springframework.stereotype.Component;

/** What a container is like, for the audit of what is done with it. */
@Component
final class ContainerSnapshots implements TargetSnapshots {

	/** The API's calls and the dashboard's. */
	private static final Pattern PATTERN = Pattern.compile("(/ui)?/containers/\\{reference}.*");

	private final ContainerRegistry registry;

	ContainerSnapshots(ContainerRegistry registry) {
		this.registry = registry;
	}

	@Override
	public Optional<Snapshot> take(String pattern, Map<String, String> variables) {
		String reference = variables.get("reference");
		if (reference == null || !PATTERN.matcher(pattern).matches()) {
			return Optional.empty();
		}
		try {
			return Optional.of(snapshot(this.registry.find(reference)));
		}
		catch (ApiException ex) {
			// the call itself will say that there is none
			return Optional.empty();
		}
	}

	private static Snapshot snapshot(ContainerEntry entry) {
		ContainerState state = entry.state();
		Map<String, Object> facts = new HashMap<>();
		facts.put("name", entry.name());
		facts.put("image", entry.imageId().toString());
		facts.put("phase", state.phase().name().toLowerCase(java.util.Locale.ROOT));
		facts.put("pid", state.pid());
		facts.put("exitCode", state.exitCode());
		return new Snapshot("containers/" + entry.id().value(), facts);
	}

}
