package dev.caisson.platform.image;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.DiskWork;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** How images go out: {@code docker save}. */
@RestController
final class SaveController {

	private final ImageStore images;

	private final ImageEvents events;

	SaveController(ImageStore images, ImageEvents events) {
		this.images = images;
		this.events = events;
	}

	@GetMapping("/images/{name}/get")
	void save(@PathVariable String name, HttpServletResponse response) throws IOException {
		save(List.of(name), response);
	}

	@GetMapping("/images/get")
	void save(HttpServletRequest request, HttpServletResponse response) throws IOException {
		String[] names = request.getParameterValues("names");
		if (names == null || names.length == 0) {
			throw new BadParameterException("no image is named: use names=NAME, once for each");
		}
		save(List.of(names), response);
	}

	private void save(List<String> names, HttpServletResponse response) throws IOException {
		Map<Digest, List<ImageReference>> wanted = new LinkedHashMap<>();
		names.forEach((name) -> add(name, wanted));
		response.setContentType("application/x-tar");
		OutputStream out = response.getOutputStream();
		DiskWork.call("image-save", () -> {
			this.images.save(wanted, out);
			return true;
		});
		wanted.keySet().forEach((id) -> this.events.publish("save", id.toString(), Map.of("name", id.toString())));
	}

	/** A name without a tag means all tags of the repository; an id means none. */
	private void add(String name, Map<Digest, List<ImageReference>> wanted) {
		Image image = find(name);
		if (image != null && (image.id().toString().startsWith(name) || image.id().hex().startsWith(name))) {
			wanted.computeIfAbsent(image.id(), (_) -> new ArrayList<>());
			return;
		}
		ImageReference reference = ImageReference.parse(name);
		for (Image each : this.images.list()) {
			for (ImageReference tag : each.tags()) {
				boolean sameTag = reference.tag() == null || reference.tag().equals(tag.tag());
				if (tag.name().equals(reference.name()) && sameTag && reference.digest() == null) {
					wanted.computeIfAbsent(each.id(), (_) -> new ArrayList<>()).add(tag);
				}
			}
		}
		if (image != null) {
			wanted.computeIfAbsent(image.id(), (_) -> new ArrayList<>());
		}
	}

	/** The repository may have other tags than the one that is looked for by default. */
	private @Nullable Image find(String name) {
		boolean repository = name.indexOf('@') < 0 && name.indexOf(':', name.lastIndexOf('/') + 1) < 0;
		try {
			return this.images.find(name);
		}
		catch (ImageNotFoundException ex) {
			boolean any = repository && this.images.list()
				.stream()
				.flatMap((image) -> image.tags().stream())
				.anyMatch((tag) -> tag.name().equals(ImageReference.parse(name).name()));
			if (!any) {
				throw ex;
			}
			return null;
		}
	}

}
