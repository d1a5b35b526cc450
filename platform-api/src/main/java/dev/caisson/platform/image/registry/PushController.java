package dev.caisson.platform.image.registry;

import java.io.UncheckedIOException;
import java.util.List;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.registry.Credentials;
import dev.caisson.engine.image.registry.Registries;
import dev.caisson.engine.image.registry.RegistryException;
import dev.caisson.platform.server.ApiException;
import dev.caisson.platform.server.ProgressStream;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Sends images to registries. */
@RestController
final class PushController {

	private final ImageStore images;

	private final Registries registries;

	private final JsonMapper json;

	PushController(ImageStore images, Registries registries, JsonMapper json) {
		this.images = images;
		this.registries = registries;
		this.json = json;
	}

	/**
	 * Without a tag, all tags of the repository are sent. What goes wrong is told in the
	 * stream, as Docker does, once it has begun.
	 */
	@PostMapping("/images/{name}/push")
	void push(@PathVariable String name, @RequestParam(defaultValue = "") String tag,
			@RequestHeader(name = "X-Registry-Auth", required = false) @Nullable String auth,
			HttpServletResponse response) {
		List<ImageReference> tags = tags(ImageReference.parse(name), tag);
		Credentials credentials = AuthConfig.ofHeader(auth, this.json);
		ProgressStream progress = new ProgressStream(response, this.json);
		try {
			for (ImageReference each : tags) {
				this.registries.push(each, credentials, new TransferProgress(progress));
			}
		}
		catch (RegistryException ex) {
			RegistryRefusal refusal = RegistryRefusal.of(ex);
			if (!progress.isStarted()) {
				throw refusal;
			}
			progress.fail(refusal.getMessage());
		}
		catch (UncheckedIOException ex) {
			if (!progress.isStarted() || ex.getCause() instanceof ClientAbortException) {
				throw ex;
			}
			progress.fail(ex.getCause().getMessage());
		}
	}

	private List<ImageReference> tags(ImageReference repository, String tag) {
		String chosen = (tag.isEmpty() && repository.tag() != null) ? repository.tag() : tag;
		List<ImageReference> tags = this.images.list()
			.stream()
			.map(Image::tags)
			.flatMap(List::stream)
			.filter((each) -> each.name().equals(repository.name()))
			.filter((each) -> chosen.isEmpty() || chosen.equals(each.tag()))
			.toList();
		if (tags.isEmpty()) {
			throw new NothingToPushException(chosen.isEmpty() ? repository.name() : repository.name() + ":" + chosen,
					chosen);
		}
		return tags;
	}

	/** There is no image of that name here. */
	private static final class NothingToPushException extends ApiException {

		private static final long serialVersionUID = 1L;

		NothingToPushException(String name, String tag) {
			super(404, tag.isEmpty() ? "An image does not exist locally with the repository: " + name
					: "An image does not exist locally with the tag: " + name.substring(0, name.lastIndexOf(':')));
		}

	}

}
