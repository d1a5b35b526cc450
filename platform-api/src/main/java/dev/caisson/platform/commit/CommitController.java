package dev.caisson.platform.commit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.image.ImageDraft;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.build.ConfigChanges;
import dev.caisson.platform.container.CommitSource;
import dev.caisson.platform.container.CommitSources;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.QueryFlag;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Makes an image of what a container has changed. */
@RestController
final class CommitController {

	/** Bytes. */
	private static final int LONGEST_BODY = 4 << 20;

	private final CommitSources sources;

	private final ImageStore images;

	CommitController(CommitSources sources, ImageStore images) {
		this.sources = sources;
		this.images = images;
	}

	@PostMapping("/commit")
	@ResponseStatus(HttpStatus.CREATED)
	CreatedView commit(@RequestParam(defaultValue = "") String container, @RequestParam(defaultValue = "") String repo,
			@RequestParam(defaultValue = "") String tag, @RequestParam(defaultValue = "") String author,
			@RequestParam(defaultValue = "") String comment, @RequestParam(required = false) @Nullable String pause,
			HttpServletRequest request) throws IOException {
		CommitSource source = this.sources.find(container);
		List<ImageReference> names = Names.of(repo, tag);
		ImageConfig config = ConfigChanges.apply(source.config(body(request)), Names.changes(request));
		ImageDraft draft = new ImageDraft(source.image(), config, Clock.systemUTC().instant(), source.command(), author,
				comment);
		// frozen unless the client says no
		Image image = (pause == null || QueryFlag.isTrue(pause))
				? source.whileFrozen(() -> commit(draft, source, names)) : commit(draft, source, names);
		source.committed(Map.of("comment", comment, "imageID", image.id().toString(), "imageRef",
				names.isEmpty() ? "" : names.getFirst().familiar()));
		return new CreatedView(image.id().toString());
	}

	private Image commit(ImageDraft draft, CommitSource source, List<ImageReference> names) {
		try {
			return this.images.commit(draft, source::writeChanges, names);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static byte[] body(HttpServletRequest request) throws IOException {
		try (InputStream body = request.getInputStream()) {
			byte[] bytes = body.readNBytes(LONGEST_BODY + 1);
			if (bytes.length > LONGEST_BODY) {
				throw new BadParameterException("the request is too long");
			}
			return bytes;
		}
	}

	/** Docker's IDResponse. */
	record CreatedView(@JsonProperty("Id") String id) {
	}

}
