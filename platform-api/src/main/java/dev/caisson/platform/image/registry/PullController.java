package dev.caisson.platform.image.registry;

import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.InvalidImageException;
import dev.caisson.engine.image.Platform;
import dev.caisson.engine.image.registry.Credentials;
import dev.caisson.engine.image.registry.Registries;
import dev.caisson.engine.image.registry.RegistryException;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ProgressStream;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Fetches images from registries. */
@RestController
final class PullController {

	private final Registries registries;

	private final JsonMapper json;

	PullController(Registries registries, JsonMapper json) {
		this.registries = registries;
		this.json = json;
	}

	/** What goes wrong before the registry has the image is an ordinary answer. */
	@PostMapping(path = "/images/create", params = "fromImage")
	void pull(@RequestParam String fromImage, @RequestParam(defaultValue = "") String tag,
			@RequestParam(defaultValue = "") String platform,
			@RequestHeader(name = "X-Registry-Auth", required = false) @Nullable String auth,
			HttpServletResponse response) {
		ImageReference reference = reference(fromImage, tag);
		Platform wanted = platform.isEmpty() ? null : platform(platform);
		Credentials credentials = AuthConfig.ofHeader(auth, this.json);
		ProgressStream progress = new ProgressStream(response, this.json);
		try {
			this.registries.pull(reference, wanted, credentials, new TransferProgress(progress));
		}
		catch (RegistryException ex) {
			RegistryRefusal refusal = RegistryRefusal.ofPull(reference, ex);
			if (!progress.isStarted()) {
				throw refusal;
			}
			progress.fail(refusal.getMessage());
		}
		catch (InvalidImageException ex) {
			if (!progress.isStarted()) {
				throw ex;
			}
			progress.fail(ex.getMessage());
		}
	}

	/** The parameter {@code tag} may be a digest, and replaces what the name has. */
	private static ImageReference reference(String image, String tag) {
		ImageReference name = ImageReference.parse(image);
		if (tag.isEmpty()) {
			return name.withDefaultTag();
		}
		return ImageReference.parse(name.name() + ((tag.indexOf(':') >= 0) ? "@" : ":") + tag);
	}

	private static Platform platform(String text) {
		try {
			return Platform.parse(text);
		}
		catch (IllegalArgumentException ex) {
			throw new BadParameterException(ex.getMessage());
		}
	}

}
