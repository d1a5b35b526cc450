package dev.caisson.platform.usage;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.container.ContainerUsage;
import dev.caisson.platform.image.ImageSummaries;
import dev.caisson.platform.server.ApiVersion;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.DiskWork;
import dev.caisson.platform.volume.VolumeStore;
import dev.caisson.platform.volume.VolumeView;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code docker system df}. */
@RestController
final class UsageController {

	private static final Set<String> TYPES = Set.of("container", "image", "volume", "build-cache");

	private final ImageStore images;

	private final ImageSummaries summaries;

	private final ContainerUsage containers;

	private final VolumeStore volumes;

	UsageController(ImageStore images, ImageSummaries summaries, ContainerUsage containers, VolumeStore volumes) {
		this.images = images;
		this.summaries = summaries;
		this.containers = containers;
		this.volumes = volumes;
	}

	/** Of the types that the client names, or of all; the steps of builds are images. */
	@GetMapping("/system/df")
	Map<String, Object> usage(HttpServletRequest request, ApiVersion version) throws IOException {
		String[] types = request.getParameterValues("type");
		Set<String> wanted = (types != null) ? Set.of(types) : TYPES;
		wanted.stream().filter((type) -> !TYPES.contains(type)).findFirst().ifPresent((type) -> {
			throw new BadParameterException("unknown object type: " + type);
		});
		return DiskWork.call("usage", () -> measure(wanted, version));
	}

	private Map<String, Object> measure(Set<String> wanted, ApiVersion version) {
		Map<String, Object> usage = new LinkedHashMap<>();
		boolean withImages = wanted.contains("image");
		usage.put("LayersSize", withImages ? this.images.figures().layersSize() : 0);
		usage.put("Images", withImages ? this.summaries.counted(version) : List.of());
		usage.put("Containers", wanted.contains("container") ? this.containers.measured() : List.of());
		usage.put("Volumes", wanted.contains("volume") ? volumes() : List.of());
		usage.put("BuildCache", List.of());
		return usage;
	}

	private List<VolumeView> volumes() {
		return this.volumes.list()
			.stream()
			.map((volume) -> VolumeView.measured(volume, this.volumes.users(volume.name()).size()))
			.toList();
	}

}
