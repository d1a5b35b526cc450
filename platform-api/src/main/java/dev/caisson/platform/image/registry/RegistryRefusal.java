package dev.caisson.platform.image.registry;

import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.registry.RegistryException;
import dev.caisson.platform.server.ApiException;

/** What a registry does not do, with Docker's status and words. */
final class RegistryRefusal extends ApiException {

	private static final long serialVersionUID = 1L;

	private RegistryRefusal(int status, String message, RegistryException cause) {
		super(status, message, cause);
	}

	/**
	 * Clients take 404 for "no such image to be had", whether it is not there or not
	 * shown.
	 */
	static RegistryRefusal ofPull(ImageReference reference, RegistryException ex) {
		String reason = ex.getMessage();
		return switch (ex.kind()) {
			case NOT_FOUND -> new RegistryRefusal(404,
					reason.contains("manifest unknown")
							? "manifest for " + reference.familiar() + " not found: " + strip(reason) : strip(reason),
					ex);
			case DENIED,
					UNAUTHORIZED ->
				new RegistryRefusal(404, "pull access denied for " + reference.familiarName()
						+ ", repository does not exist or may require 'docker login': " + strip(reason), ex);
			case UNAVAILABLE, MALFORMED -> new RegistryRefusal(500, reason, ex);
		};
	}

	/** The part that the registry said. */
	private static String strip(String reason) {
		return reason.replaceFirst("^[^ ]+: (?=.*: )", "");
	}

	static RegistryRefusal of(RegistryException ex) {
		int status = switch (ex.kind()) {
			case NOT_FOUND -> 404;
			case UNAUTHORIZED -> 401;
			case DENIED -> 403;
			case UNAVAILABLE, MALFORMED -> 500;
		};
		return new RegistryRefusal(status, String.valueOf(ex.getMessage()), ex);
	}

}
