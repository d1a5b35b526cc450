package dev.caisson.engine.image;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Which containers hold on to which image. Kept in memory only, for whoever has the
 * containers claims again when it starts. Not for several threads at once.
 */
final class ImageClaims {

	private final Map<String, Claim> claims = new LinkedHashMap<>();

	void put(String container, Digest image, BooleanSupplier running) {
		this.claims.put(container, new Claim(image, running));
	}

	void remove(String container) {
		this.claims.remove(container);
	}

	boolean any(Digest image) {
		return this.claims.values().stream().anyMatch((claim) -> claim.image.equals(image));
	}

	int count(Digest image) {
		return (int) this.claims.values().stream().filter((claim) -> claim.image.equals(image)).count();
	}

	/** A container that uses the image and is, or is not, running. */
	Optional<String> user(Digest image, boolean running) {
		return this.claims.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().image.equals(image))
			.filter((entry) -> entry.getValue().running.getAsBoolean() == running)
			.map(Map.Entry::getKey)
			.findFirst();
	}

	/** Any container that uses the image. */
	Optional<String> user(Digest image) {
		return user(image, true).or(() -> user(image, false));
	}

	private record Claim(Digest image, BooleanSupplier running) {

	}

}
