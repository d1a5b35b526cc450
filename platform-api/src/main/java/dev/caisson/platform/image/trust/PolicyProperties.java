package dev.caisson.platform.image.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.engine.image.trust.ImagePolicy;
import dev.caisson.engine.image.trust.TrustedKey;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which images may be used; by default all.
 *
 * @param registries where images may come from: {@code host[:port]} or
 * {@code host[:port]/path}
 * @param digestsRequired whether images are to be pulled by digest
 * @param keys files of public keys; if there are any, one has to have signed each image
 */
@ConfigurationProperties("caisson.images.policy")
record PolicyProperties(@DefaultValue List<String> registries, @DefaultValue("false") boolean digestsRequired,
		@DefaultValue List<Path> keys) {

	ImagePolicy policy() {
		return new ImagePolicy(this.registries, this.digestsRequired,
				this.keys.stream().map(PolicyProperties::key).toList());
	}

	private static TrustedKey key(Path file) {
		try {
			return TrustedKey.parse(Files.readString(file));
		}
		catch (IOException | IllegalArgumentException ex) {
			throw new IllegalArgumentException("caisson.images.policy.keys: " + file + ": " + ex.getMessage(), ex);
		}
	}

}
