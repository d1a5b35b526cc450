package dev.caisson.platform.image.registry;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.Platform;
import dev.caisson.engine.image.registry.Registries;
import dev.caisson.engine.image.registry.RegistryException;
import dev.caisson.platform.server.ApiException;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ProgressStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/** Fetches images that something else needs. Safe for use by many threads. */
@Component
public final class ImagePulls {

	private final Registries registries;

	private final JsonMapper json;

	ImagePulls(Registries registries, JsonMapper json) {
		this.registries = registries;
		this.json = json;
	}

	/**
	 * Fetches an image.
	 * @param platform as {@code os/arch}, or empty for this machine's
	 * @param credentials the header {@code X-Registry-Config}, or null
	 * @param progress is told what happens; null if nobody wants to know
	 * @throws ApiException in Docker's words if it cannot be had
	 */
	public Image pull(String name, String platform, @Nullable String credentials, @Nullable ProgressStream progress) {
		ImageReference reference = ImageReference.parse(name).withDefaultTag();
		try {
			return this.registries.pull(reference, platform.isEmpty() ? null : Platform.parse(platform),
					AuthConfig.ofHeader(credentials, reference.domain(), this.json),
					(progress != null) ? new TransferProgress(progress) : (event) -> {
					});
		}
		catch (RegistryException ex) {
			throw RegistryRefusal.ofPull(reference, ex);
		}
		catch (IllegalArgumentException ex) {
			throw new BadParameterException(ex.getMessage());
		}
	}

}
