package dev.caisson.platform.commit;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.image.ImageDraft;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.build.ConfigChanges;
import dev.caisson.platform.event.EventLog;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ProgressStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Makes an image of an archive of files. */
@RestController
final class ImportController {

	private static final ImageConfig EMPTY = new ImageConfig(null, null, List.of(), "", "", Set.of(), Set.of(),
			Map.of(), "", null, null, null, List.of());

	private final ImageStore images;

	private final EventLog events;

	private final JsonMapper json;

	ImportController(ImageStore images, EventLog events, JsonMapper json) {
		this.images = images;
		this.events = events;
		this.json = json;
	}

	/**
	 * The archive is the body of the request, which {@code docker import} also makes of a
	 * file.
	 */
	@PostMapping(path = "/images/create", params = "fromSrc")
	void create(@RequestParam String fromSrc, @RequestParam(defaultValue = "") String repo,
			@RequestParam(defaultValue = "") String tag, @RequestParam(defaultValue = "") String message,
			InputStream archive, HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!fromSrc.equals("-")) {
			throw new BadParameterException("import from a URL is not supported: fetch " + fromSrc
					+ " yourself and send it, as in `curl URL | docker import -`");
		}
		List<ImageReference> names = Names.of(repo, tag);
		ImageConfig config = ConfigChanges.apply(EMPTY, Names.changes(request));
		String comment = message.isEmpty() ? "Imported from " + fromSrc : message;
		Image image = this.images
			.importLayer(new ImageDraft(null, config, Clock.systemUTC().instant(), "", "", comment), archive, names);
		new ProgressStream(response, this.json).send(Map.of("status", image.id().toString()));
		this.events.publish("image", "import", image.id().toString(), Map.of("name", image.id().toString()));
	}

}
