package dev.caisson.platform.build;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.InvalidImageException;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.platform.build.dockerfile.Dockerfile;
import dev.caisson.platform.build.dockerfile.DockerfileException;
import dev.caisson.platform.build.source.BuildContext;
import dev.caisson.platform.build.source.ContextLimits;
import dev.caisson.platform.build.source.CopyException;
import dev.caisson.platform.container.StepContainers;
import dev.caisson.platform.event.EventLog;
import dev.caisson.platform.image.registry.ImagePulls;
import dev.caisson.platform.server.ApiException;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ClientWatch;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.ProgressStream;
import dev.caisson.platform.server.QueryFlag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** POST /build, and its cache. */
@RestController
final class BuildController {

	private static final Logger log = LoggerFactory.getLogger(BuildController.class);

	private final ImageStore images;

	private final ImagePulls pulls;

	private final StepCache cache;

	private final StepContainers containers;

	private final BuildDirectory directory;

	private final EventLog events;

	private final JsonMapper json;

	BuildController(ImageStore images, ImagePulls pulls, StepCache cache, StepContainers containers,
			BuildDirectory directory, EventLog events, JsonMapper json) {
		this.images = images;
		this.pulls = pulls;
		this.cache = cache;
		this.containers = containers;
		this.directory = directory;
		this.events = events;
		this.json = json;
	}

	/** The body is the context, in whatever length. */
	@PostMapping("/build")
	void build(HttpServletRequest request, InputStream body, HttpServletResponse response) throws IOException {
		BuildParameters parameters = BuildParameters.of(request);
		try (BuildContext context = BuildContext.read(body, this.directory.contexts(), ContextLimits.DEFAULT);
				BuildImages own = new BuildImages(this.images, this.pulls, this.cache, parameters,
						"build-" + UUID.randomUUID())) {
			Dockerfile file = dockerfile(context, parameters.dockerfile());
			context.applyIgnoreFile();
			ProgressStream stream = new ProgressStream(response, this.json);
			BuildOutput output = new BuildOutput(stream, parameters.quiet());
			Build build = new Build(file, parameters, context, own, this.containers, this.directory, output);
			try (ClientWatch.Watch _ = ClientWatch.start(request, build::cancel)) {
				run(build, output, parameters);
			}
		}
		catch (CopyException | DockerfileException ex) {
			throw new BadParameterException(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Forgets the steps of builds. The images that they made go with those that stand on
	 * them, or with other images without a name: that is where their space is.
	 */
	@PostMapping("/build/prune")
	Map<String, Object> prune(@RequestParam(required = false) @Nullable String all,
			@RequestParam(required = false) @Nullable String filters) throws IOException {
		ListFilters.parse(filters)
			.allowOnly(Set.of("until", "id", "parent", "type", "description", "inuse", "shared", "private"));
		return Map.of("CachesDeleted", this.cache.forget(QueryFlag.isTrue(all)), "SpaceReclaimed", 0);
	}

	private static Dockerfile dockerfile(BuildContext context, String path) throws IOException {
		String text = context.text(path)
			.orElseThrow(() -> new BadParameterException("Cannot locate specified Dockerfile: " + path));
		if (text.isBlank()) {
			throw new BadParameterException("the Dockerfile (" + path + ") cannot be empty");
		}
		return Dockerfile.parse(text);
	}

	private void run(Build build, BuildOutput output, BuildParameters parameters) throws IOException {
		try {
			succeed(build.run(), output, parameters);
		}
		catch (BuildCanceledException ex) {
			log.debug("a build was canceled by its client");
		}
		catch (BuildException ex) {
			output.fail(String.valueOf(ex.getMessage()), ex.code());
		}
		catch (ApiException | InvalidSpecException | DockerfileException | CopyException | InvalidImageException
				| LinuxException ex) {
			output.fail(String.valueOf(ex.getMessage()), 0);
		}
	}

	private void succeed(Image image, BuildOutput output, BuildParameters parameters) {
		parameters.tags().forEach((tag) -> {
			Map<String, String> attributes = new HashMap<>(image.config().labels());
			attributes.put("name", tag.familiar());
			this.events.publish("image", "tag", image.id().toString(), attributes);
		});
		if (parameters.quiet()) {
			output.result(image.id());
			return;
		}
		output.line("Successfully built " + image.id().shortForm());
		List<ImageReference> tags = parameters.tags();
		tags.forEach((tag) -> output.line("Successfully tagged " + tag.familiar()));
	}

}
