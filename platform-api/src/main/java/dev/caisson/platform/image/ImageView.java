package dev.caisson.platform.image;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.Removal;
import dev.caisson.platform.server.ApiVersion;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Images as Docker shows them, by version of the API. */
final class ImageView {

	private static final JsonMapper JSON = new JsonMapper();

	/** Go's zero time, which is how Docker says that it does not know one. */
	private static final String UNKNOWN_TIME = "0001-01-01T00:00:00Z";

	/** Docker's word for what it has not counted. */
	private static final int NOT_COUNTED = -1;

	private ImageView() {
	}

	static Map<String, Object> summary(Image image, ApiVersion version) {
		Map<String, Object> view = new LinkedHashMap<>();
		view.put("Id", image.id().toString());
		view.put("ParentId", "");
		view.put("RepoTags", familiar(image.tags()));
		view.put("RepoDigests", familiar(image.digests()));
		view.put("Created", Objects.requireNonNullElse(image.created(), Instant.EPOCH).getEpochSecond());
		view.put("Size", image.size());
		view.put("SharedSize", NOT_COUNTED);
		view.put("Labels", image.config().labels());
		view.put("Containers", NOT_COUNTED);
		putVirtualSize(view, image, version);
		if (!version.isAtLeast(1, 43) && image.tags().isEmpty() && image.digests().isEmpty()) {
			view.put("RepoTags", List.of("<none>:<none>"));
			view.put("RepoDigests", List.of("<none>@<none>"));
		}
		return view;
	}

	static Map<String, Object> inspect(Image image, ApiVersion version) {
		Map<String, Object> view = new LinkedHashMap<>();
		view.put("Id", image.id().toString());
		view.put("RepoTags", familiar(image.tags()));
		view.put("RepoDigests", familiar(image.digests()));
		view.put("Parent", "");
		view.put("Comment", image.comment());
		putCreated(view, image.created(), version);
		view.put("DockerVersion", "");
		view.put("Author", image.author());
		view.put("Config", config(image.config(), version));
		view.put("Architecture", image.architecture());
		putUnlessEmpty(view, "Variant", image.variant());
		view.put("Os", image.os());
		view.put("Size", image.size());
		putVirtualSize(view, image, version);
		view.put("GraphDriver", Map.of("Name", "overlay", "Data", Map.of()));
		view.put("RootFS", Map.of("Type", "layers", "Layers", image.diffIds().stream().map(Digest::toString).toList()));
		view.put("Metadata", Map.of("LastTagTime", UNKNOWN_TIME));
		return view;
	}

	/** Docker's ImageDeleteResponseItem. */
	static Map<String, String> removal(Removal removal) {
		return switch (removal) {
			case Removal.Untagged untagged -> Map.of("Untagged", untagged.reference().familiar());
			case Removal.Deleted deleted -> Map.of("Deleted", deleted.digest().toString());
		};
	}

	static List<String> familiar(List<ImageReference> references) {
		return references.stream().map(ImageReference::familiar).toList();
	}

	/** Until 1.43 there were two names for the same number. */
	private static void putVirtualSize(Map<String, Object> view, Image image, ApiVersion version) {
		if (!version.isAtLeast(1, 44)) {
			view.put("VirtualSize", image.size());
		}
	}

	private static void putCreated(Map<String, Object> view, @Nullable Instant created, ApiVersion version) {
		if (created != null) {
			view.put("Created", created.toString());
		}
		else if (!version.isAtLeast(1, 44)) {
			view.put("Created", UNKNOWN_TIME);
		}
	}

	private static Map<String, Object> config(ImageConfig config, ApiVersion version) {
		Map<String, Object> view = new LinkedHashMap<>();
		view.put("User", config.user());
		view.put("Env", config.env());
		view.put("WorkingDir", config.workingDir());
		view.put("Labels", config.labels());
		putCommand(view, "Entrypoint", config.entrypoint(), version);
		putCommand(view, "Cmd", config.cmd(), version);
		putSet(view, "ExposedPorts", config.exposedPorts());
		putSet(view, "Volumes", config.volumes());
		putUnlessEmpty(view, "StopSignal", config.stopSignal());
		if (!config.onBuild().isEmpty()) {
			view.put("OnBuild", config.onBuild());
		}
		if (config.shell() != null) {
			view.put("Shell", config.shell());
		}
		if (config.healthcheck() != null) {
			view.put("Healthcheck", JSON.readTree(config.healthcheck()));
		}
		return view;
	}

	/** Until 1.49 a command that is not declared was null, later it is left out. */
	private static void putCommand(Map<String, Object> view, String name, @Nullable List<String> command,
			ApiVersion version) {
		if (command != null || !version.isAtLeast(1, 50)) {
			view.put(name, command);
		}
	}

	/** Docker writes sets as objects of empty objects. */
	private static void putSet(Map<String, Object> view, String name, Set<String> values) {
		if (!values.isEmpty()) {
			Map<String, Object> set = new TreeMap<>();
			values.forEach((value) -> set.put(value, Map.of()));
			view.put(name, set);
		}
	}

	private static void putUnlessEmpty(Map<String, Object> view, String name, String value) {
		if (!value.isEmpty()) {
			view.put(name, value);
		}
	}

}
