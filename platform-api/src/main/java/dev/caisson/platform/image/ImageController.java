package dev.caisson.platform.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.image.Image;
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

	ImageController(ImageStore images) {
		this.images = images;
	}

	/**
	 * Images that are but steps of others are shown to those who want all. The parameter
	 * {@code filter} is what clients before 1.41 send for a name.
	 */
	@GetMapping("/images/json")
	List<Map<String, Object>> list(@RequestParam(required = false) @Nullable String filters,
			@RequestParam(required = false) @Nullable String filter,
			@RequestParam(required = false) @Nullable String all, ApiVersion version) {
		boolean withIntermediate = QueryFlag.isTrue(all);
		return ImageFilter.of(ListFilters.parse(filters).and("reference", filter), this.images)
			.apply(this.images.list())
			.filter((image) -> withIntermediate || !this.images.isIntermediate(image))
			.map((image) -> ImageView.summary(image, version))
			.toList();
	}

	@GetMapping("/images/{name}/json")
	Map<String, Object> inspect(@PathVariable String name, ApiVersion version) {
		return ImageView.inspect(this.images.find(name), version);
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
		this.images.tag(name, ImageReference.parse(tag.isEmpty() ? repo : repo + ":" + tag));
	}

	@DeleteMapping("/images/{name}")
	List<Map<String, String>> remove(@PathVariable String name,
			@RequestParam(required = false) @Nullable String force) {
		List<Map<String, String>> answer = new ArrayList<>();
		for (Removal removal : this.images.remove(name, QueryFlag.isTrue(force))) {
			answer.add(switch (removal) {
				case Removal.Untagged untagged -> Map.of("Untagged", untagged.reference().familiar());
				case Removal.Deleted deleted -> Map.of("Deleted", deleted.digest().toString());
			});
		}
		return answer;
	}

}
