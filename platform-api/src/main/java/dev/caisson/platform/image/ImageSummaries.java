package dev.caisson.platform.image;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.server.ApiVersion;

import org.springframework.stereotype.Component;

/** Lists images in Docker's form. Safe for use by many threads. */
@Component
public final class ImageSummaries {

	private final ImageStore images;

	ImageSummaries(ImageStore images) {
		this.images = images;
	}

	/** All but those that are steps of others, with what each shares and who uses it. */
	public List<Map<String, Object>> counted(ApiVersion version) {
		return this.images.list()
			.stream()
			.filter((image) -> !this.images.isIntermediate(image))
			.map((image) -> view(image, version, true, true))
			.toList();
	}

	List<Map<String, Object>> list(Stream<Image> found, ApiVersion version, boolean withShared) {
		return found.map((image) -> view(image, version, withShared, false)).toList();
	}

	private Map<String, Object> view(Image image, ApiVersion version, boolean withShared, boolean withUsers) {
		Map<String, Object> view = ImageView.summary(image, version);
		view.put("ParentId", this.images.figures().parent(image.id()).map(Object::toString).orElse(""));
		if (withShared) {
			view.put("SharedSize", this.images.figures().sharedSize(image));
		}
		if (withUsers) {
			view.put("Containers", this.images.users(image.id()));
		}
		return view;
	}

}
