package dev.caisson.web.image;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.image.registry.ImagePulls;
import dev.caisson.web.frame.Quantity;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The images and their layers. */
@Controller
final class ImagePageController {

	private final ImageStore images;

	private final ImagePulls pulls;

	ImagePageController(ImageStore images, ImagePulls pulls) {
		this.images = images;
		this.pulls = pulls;
	}

	/** Answers when the image is there, or with the reason why it is not. */
	@PostMapping("/ui/images/pull")
	String pull(@RequestParam String name) {
		Image image = this.pulls.pull(name.strip(), "", null, null);
		return "redirect:/ui/images/" + digest(image);
	}

	@GetMapping("/ui/images")
	String list(Model model) {
		List<Image> shown = this.images.list().stream().filter((image) -> !this.images.isIntermediate(image)).toList();
		model.addAttribute("images", shown.stream().map(this::row).toList());
		model.addAttribute("total", Quantity.bytes(shown.stream().mapToLong(Image::size).sum()));
		return "images";
	}

	private Row row(Image image) {
		return new Row(digest(image), name(image), Quantity.id(image.id().toString()), image.created(),
				this.images.layerSizes(image.id()).size(), Quantity.bytes(image.size()));
	}

	private static String digest(Image image) {
		return image.id().toString().substring("sha256:".length());
	}

	private static String name(Image image) {
		if (!image.tags().isEmpty()) {
			return String.join(", ", image.tags().stream().map((tag) -> tag.familiar()).toList());
		}
		return image.digests().isEmpty() ? "without a name" : image.digests().getFirst().familiar();
	}

	@GetMapping("/ui/images/{digest}")
	String show(@PathVariable String digest, Model model) {
		Image image = this.images.find(digest);
		model.addAttribute("image", row(image));
		model.addAttribute("name", name(image));
		model.addAttribute("digest", digest(image));
		model.addAttribute("size", Quantity.bytes(image.size()));
		model.addAttribute("steps", steps(image));
		return "image";
	}

	/** Steps that made a layer take one size each, lowest first. */
	private List<Step> steps(Image image) {
		Deque<Long> sizes = new ArrayDeque<>(this.images.layerSizes(image.id()));
		List<Step> steps = new ArrayList<>();
		for (Image.History step : image.history()) {
			Long size = step.emptyLayer() ? Long.valueOf(0) : sizes.poll();
			long bytes = (size != null) ? size : 0;
			steps.add(new Step(step.createdBy(), Quantity.bytes(bytes), Quantity.share(bytes, image.size())));
		}
		return steps.reversed();
	}

	/** A line of the list. */
	public record Row(String digest, String name, String shortId, @Nullable Instant created, int layers, String size) {
	}

	/** A step of a build. */
	public record Step(String command, String size, String share) {
	}

}
