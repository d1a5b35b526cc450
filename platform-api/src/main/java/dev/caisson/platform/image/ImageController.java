package dev.caisson.platform.image;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.platform.image.trust.ImageTrust;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.Removal;
import dev.caisson.platform.server.ApiVersion;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryFlag;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The images that are there: list, inspect, history, tag, remove. */
@RestController
final class ImageController {

	private final ImageStore images;

	private final ImageSummaries summaries;

	private final ImageEvents events;

	private final ImageTrust trust;

	ImageController(ImageStore images, ImageSummaries summaries, ImageEvents events, ImageTrust trust) {
		this.images = images;
		this.summaries = summaries;
		this.events = events;
		this.trust = trust;
	}

	/**
	 * Images that are but steps of others are shown to those who want all. The parameter
	 * {@code filter} is what clients before 1.41 send for a name.
	 */
	@GetMapping("/images/json")
	List<Map<String, Object>> list(@RequestParam(required = false) @Nullable String filters,
			@RequestParam(required = false) @Nullable String filter,
			@RequestParam(required = false) @Nullable String all,
			@RequestParam(name = "shared-size", required = false) @Nullable String sharedSize, ApiVersion version) {
		boolean withIntermediate = QueryFlag.isTrue(all);
		Stream<Image> found = ImageFilter.of(ListFilters.parse(filters).and("reference", filter), this.images)
			.apply(this.images.list())
			.filter((image) -> withIntermediate || !this.images.isIntermediate(image));
		return this.summaries.list(found, version, QueryFlag.isTrue(sharedSize));
	}

	/** What was changed on disk is told in a field that Docker does not have. */
	@GetMapping("/images/{name}/json")
	Map<String, Object> inspect(@PathVariable String name, ApiVersion version) {
		Image image = this.images.find(name);
		Map<String, Object> view = ImageView.inspect(image, version);
		view.put("Parent", this.images.figures().parent(image.id()).map(Object::toString).orElse(""));
		List<Digest> damaged = this.trust.damagedLayers(image);
		if (!damaged.isEmpty()) {
			view.put("DamagedLayers", damaged.stream().map(Digest::toString).toList());
		}
		return view;
	}

	@GetMapping("/images/{name}/history")
	List<Map<String, Object>> history(@PathVariable String name) {
		Image image = this.images.find(name);
		return ImageHistory.of(image, this.images.layerSizes(image.id()));
	}

	@PostMapping("/images/{name}/tag")
	@ResponseStatus(HttpStatus.CREATED)
	void tag(@PathVariable String name, @RequestParam(defaultValue = "") String repo,
			@RequestParam(defaultValue = "") String tag) {
		if (repo.isEmpty()) {
			throw new BadParameterException("invalid reference format");
		}
		ImageReference target = ImageReference.parse(tag.isEmpty() ? repo : repo + ":" + tag);
		this.images.tag(name, target);
		String id = this.images.find(name).id().toString();
		this.events.publish("tag", id, Map.of("name", target.withDefaultTag().familiar()));
	}

	@DeleteMapping("/images/{name}")
	List<Map<String, String>> remove(@PathVariable String name,
			@RequestParam(required = false) @Nullable String force) {
		String id = this.images.find(name).id().toString();
		Set<String> before = this.images.list()
			.stream()
			.map((image) -> image.id().toString())
			.collect(Collectors.toSet());
		List<Removal> removals = this.images.remove(name, QueryFlag.isTrue(force));
		for (Removal removal : removals) {
			switch (removal) {
				case Removal.Untagged _ -> this.events.publish("untag", id, Map.of("name", id));
				case Removal.Deleted deleted when before.contains(deleted.digest().toString()) -> this.events
					.publish("delete", deleted.digest().toString(), Map.of("name", deleted.digest().toString()));
				case Removal.Deleted _ -> {
					// a layer is nobody's business
				}
			}
		}
		return removals.stream().map(ImageView::removal).toList();
	}

}
