package dev.caisson.platform.container.definition;

import java.util.Objects;

import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.spec.InvalidSpecException;
import tools.jackson.databind.JsonNode;

/** A container's configuration in the words of an image. */
public final class ImageWords {

	private ImageWords() {
	}

	/**
	 * The configuration of an image that is made of a container.
	 * @param container the container's
	 * @param body JSON of a ContainerConfig that takes precedence; empty or null for none
	 * @throws InvalidSpecException if the body is malformed
	 */
	public static ImageConfig of(ContainerConfig container, byte[] body) {
		ImageConfig own = of(container);
		JsonNode tree = (body.length == 0) ? null : DockerJson.tree(body);
		if (tree == null || tree.isNull() || tree.isMissingNode()) {
			return own;
		}
		if (!tree.isObject()) {
			throw new InvalidSpecException("body", "invalid JSON: the body must be an object");
		}
		return of(ImageDefaults.merge(DockerJson.read(tree, "", ContainerConfig.class), own));
	}

	private static ImageConfig of(ContainerConfig config) {
		return new ImageConfig(config.entrypoint(), config.cmd(), config.env(), config.user(), config.workingDir(),
				config.exposedPorts().keySet(), config.volumes().keySet(), config.labels(),
				Objects.requireNonNullElse(config.stopSignal(), ""), config.stopTimeout(),
				(config.healthcheck() != null) ? DockerJson.write(config.healthcheck()) : null, config.shell(),
				Absent.list(config.onBuild()));
	}

}
