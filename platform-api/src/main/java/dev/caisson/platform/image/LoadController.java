package dev.caisson.platform.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.InvalidImageException;
import dev.caisson.platform.server.ProgressStream;
import dev.caisson.platform.server.QueryFlag;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How images come in. */
@RestController
final class LoadController {

	private final ImageStore images;

	private final ImageEvents events;

	private final JsonMapper json;

	LoadController(ImageStore images, ImageEvents events, JsonMapper json) {
		this.images = images;
		this.events = events;
		this.json = json;
	}

	/** Reads the archive from the connection as it comes, in whatever length. */
	@PostMapping("/images/load")
	void load(InputStream archive, HttpServletResponse response, @RequestParam(required = false) @Nullable String quiet)
			throws IOException {
		ProgressStream progress = new ProgressStream(response, this.json);
		try {
			List<Image> loaded = this.images.load(archive, new LoadProgress(progress, QueryFlag.isTrue(quiet)));
			loaded.forEach((image) -> this.events.publish("load", image.id().toString(),
					Map.of("name", image.id().toString())));
		}
		catch (InvalidImageException ex) {
			if (!progress.isStarted()) {
				throw ex;
			}
			progress.fail(ex.getMessage());
		}
	}

}
