package dev.caisson.platform.image;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.Image.History;

/** How an image was built, in Docker's form: the last step first. */
final class ImageHistory {

	private ImageHistory() {
	}

	/**
	 * Only the last step has an id, the image's: those of the others stayed where it was
	 * built.
	 * @param layerSizes bytes, lowest first: steps that made a layer take one each
	 */
	static List<Map<String, Object>> of(Image image, List<Long> layerSizes) {
		Deque<Long> sizes = new ArrayDeque<>(layerSizes);
		List<Map<String, Object>> steps = new ArrayList<>();
		for (History step : image.history()) {
			Long size = step.emptyLayer() ? null : sizes.poll();
			steps.add(step(step, Objects.requireNonNullElse(size, 0L)));
		}
		if (!steps.isEmpty()) {
			steps.getLast().put("Id", image.id().toString());
			steps.getLast().put("Tags", ImageView.familiar(image.tags()));
		}
		return steps.reversed();
	}

	private static Map<String, Object> step(History step, long size) {
		Map<String, Object> view = new LinkedHashMap<>();
		view.put("Id", "<missing>");
		view.put("Created", Objects.requireNonNullElse(step.created(), Instant.EPOCH).getEpochSecond());
		view.put("CreatedBy", step.createdBy());
		view.put("Tags", List.of());
		view.put("Size", size);
		view.put("Comment", step.comment());
		return view;
	}

}
