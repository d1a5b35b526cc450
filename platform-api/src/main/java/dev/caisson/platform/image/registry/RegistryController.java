package dev.caisson.platform.image.registry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.image.Descriptor;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.Platform;
import dev.caisson.engine.image.registry.Credentials;
import dev.caisson.engine.image.registry.Registries;
import dev.caisson.engine.image.registry.Registries.Offer;
import dev.caisson.engine.image.registry.RegistryException;
import dev.caisson.engine.image.registry.RegistryException.Kind;
import dev.caisson.platform.server.ApiException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** What registries say without giving an image. */
@RestController
final class RegistryController {

	private final Registries registries;

	private final JsonMapper json;

	RegistryController(Registries registries, JsonMapper json) {
		this.registries = registries;
		this.json = json;
	}

	/** The client keeps the credentials; we do not. */
	@PostMapping("/auth")
	Map<String, String> login(@RequestBody AuthConfig auth) {
		try {
			this.registries.login(auth.domain(), auth.credentials());
			return Map.of("Status", "Login Succeeded", "IdentityToken", "");
		}
		catch (RegistryException ex) {
			throw RegistryRefusal.of(ex);
		}
	}

	@GetMapping("/distribution/{name}/json")
	Map<String, Object> inspect(@PathVariable String name,
			@RequestHeader(name = "X-Registry-Auth", required = false) @Nullable String auth) {
		Credentials credentials = AuthConfig.ofHeader(auth, this.json);
		try {
			Offer offer = this.registries.offer(ImageReference.parse(name).withDefaultTag(), credentials);
			return Map.of("Descriptor", descriptor(offer.manifest()), "Platforms",
					offer.platforms().stream().map(RegistryController::platform).toList());
		}
		catch (RegistryException ex) {
			throw (ex.kind() == Kind.NOT_FOUND) ? RegistryRefusal.ofPull(ImageReference.parse(name), ex)
					: RegistryRefusal.of(ex);
		}
	}

	private static Map<String, Object> descriptor(Descriptor manifest) {
		return Map.of("mediaType", manifest.mediaType(), "digest", manifest.digest().toString(), "size",
				manifest.size());
	}

	private static Map<String, Object> platform(Platform platform) {
		Map<String, Object> view = new LinkedHashMap<>(
				Map.of("architecture", platform.architecture(), "os", platform.os()));
		if (!platform.variant().isEmpty()) {
			view.put("variant", platform.variant());
		}
		return view;
	}

	/** Searching is Docker Hub's own, and no part of what a registry is. */
	@GetMapping("/images/search")
	List<Object> search() {
		throw new SearchRefusedException();
	}

	/** A search that nobody here can make. */
	private static final class SearchRefusedException extends ApiException {

		private static final long serialVersionUID = 1L;

		SearchRefusedException() {
			super(501, "searching registries is not supported: search on the registry's web site, then pull by name");
		}

	}

}
