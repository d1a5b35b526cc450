package dev.caisson.platform.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageConflictException;
import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.Removal;
import dev.caisson.platform.server.ListFilters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Removes images that nobody uses. */
@RestController
final class PruneController {

	private static final Logger log = LoggerFactory.getLogger(PruneController.class);

	private final ImageStore images;

	private final ImageEvents events;

	PruneController(ImageStore images, ImageEvents events) {
		this.images = images;
		this.events = events;
	}

	@PostMapping("/images/prune")
	Map<String, Object> prune(@RequestParam(required = false) @Nullable String filters) {
		ListFilters parsed = ListFilters.parse(filters).allowOnly(Set.of("dangling", "until", "label", "label!"));
		boolean named = parsed.has("dangling") && !ImageFilter.truth("dangling", parsed.of("dangling"));
		Predicate<Image> wanted = ImageFilter.forPrune(parsed);
		long before = this.images.figures().layersSize();
		List<Removal> removals = new ArrayList<>();
		for (Image image : this.images.list()) {
			boolean nameless = image.tags().isEmpty() && image.digests().isEmpty();
			if ((named || nameless) && wanted.test(image) && this.images.users(image.id()) == 0) {
				remove(image, removals);
			}
		}
		long reclaimed = Math.max(0, before - this.images.figures().layersSize());
		this.events.publish("prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
		Map<String, Object> answer = new LinkedHashMap<>();
		answer.put("ImagesDeleted", removals.stream().map(ImageView::removal).toList());
		answer.put("SpaceReclaimed", reclaimed);
		return answer;
	}

	/** Others may use or remove it meanwhile. */
	private void remove(Image image, List<Removal> removals) {
		try {
			List<ImageReference> names = new ArrayList<>(image.tags());
			names.addAll(image.digests());
			if (names.isEmpty()) {
				removals.addAll(this.images.remove(image.id().toString(), false));
			}
			for (ImageReference name : names) {
				removals.addAll(this.images.remove(name.canonical(), false));
			}
		}
		catch (ImageConflictException | ImageNotFoundException ex) {
			log.debug("{} is not pruned: {}", image.id(), ex.getMessage());
		}
	}

}
