package dev.caisson.platform.build;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.image.ImageReference;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.QueryFlag;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client asks of a build.
 *
 * @param dockerfile its path in the context
 * @param tags names of the image
 * @param arguments by name; null takes a declared one's default away
 * @param labels of the image
 * @param target the stage to build, or empty
 * @param platform as {@code os/arch}, or empty
 * @param noCache whether every step is done again
 * @param pull whether images are fetched even if they are there
 * @param quiet whether only the id is told
 * @param credentials the header {@code X-Registry-Config}, or null
 * @param host limits and network of the containers
 */
record BuildParameters(String dockerfile, List<ImageReference> tags, Map<String, @Nullable String> arguments,
		Map<String, String> labels, String target, String platform, boolean noCache, boolean pull, boolean quiet,
		@Nullable String credentials, StepHost host) {

	private static final JsonMapper JSON = new JsonMapper();

	/**
	 * Reads the query.
	 * @throws BadParameterException if something in it is malformed or cannot be done
	 */
	static BuildParameters of(HttpServletRequest request) {
		refuseWhatCannotBeDone(request);
		String dockerfile = text(request, "dockerfile");
		return new BuildParameters(dockerfile.isEmpty() ? "Dockerfile" : dockerfile, tags(request),
				texts(request, "buildargs"), labels(request), text(request, "target"), text(request, "platform"),
				flag(request, "nocache"), flag(request, "pull"), flag(request, "q"),
				request.getHeader("X-Registry-Config"), StepHost.of(request));
	}

	private static void refuseWhatCannotBeDone(HttpServletRequest request) {
		if (!text(request, "remote").isEmpty() && !text(request, "remote").equals("client-session")) {
			throw new BadParameterException(
					"remote build contexts are not supported: send the context as the body of the request");
		}
		if (text(request, "version").equals("2") || text(request, "remote").equals("client-session")) {
			throw new BadParameterException("BuildKit is not supported: build with DOCKER_BUILDKIT=0");
		}
		if (flag(request, "squash")) {
			throw new BadParameterException("squash is only supported with experimental mode, which is not there");
		}
	}

	private static List<ImageReference> tags(HttpServletRequest request) {
		List<ImageReference> tags = new ArrayList<>();
		String[] names = request.getParameterValues("t");
		for (String name : (names != null) ? names : new String[0]) {
			if (!name.isEmpty()) {
				ImageReference tag = ImageReference.parse(name).withDefaultTag();
				if (tag.digest() != null) {
					throw new BadParameterException("refusing to create a tag with a digest reference");
				}
				tags.add(tag);
			}
		}
		return tags.stream().distinct().toList();
	}

	private static Map<String, String> labels(HttpServletRequest request) {
		Map<String, String> labels = new LinkedHashMap<>();
		texts(request, "labels").forEach((name, value) -> labels.put(name, (value != null) ? value : ""));
		return labels;
	}

	private static Map<String, @Nullable String> texts(HttpServletRequest request, String name) {
		Map<String, @Nullable String> texts = new LinkedHashMap<>();
		String json = text(request, name);
		if (json.isEmpty()) {
			return texts;
		}
		try {
			for (Map.Entry<String, JsonNode> entry : JSON.readTree(json).properties()) {
				if (!entry.getValue().isNull() && !entry.getValue().isString()) {
					throw new BadParameterException("error reading " + name + ": values must be strings");
				}
				texts.put(entry.getKey(), entry.getValue().isNull() ? null : entry.getValue().stringValue());
			}
			return texts;
		}
		catch (JacksonException ex) {
			throw new BadParameterException("error reading " + name + ": " + ex.getOriginalMessage());
		}
	}

	private static String text(HttpServletRequest request, String name) {
		String value = request.getParameter(name);
		return (value != null) ? value : "";
	}

	private static boolean flag(HttpServletRequest request, String name) {
		return QueryFlag.isTrue(request.getParameter(name));
	}

}
