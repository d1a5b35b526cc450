package dev.caisson.platform.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.platform.CaissonSettings;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/**
 * Whether the engine could launch now: both of its roots take files, which a full or
 * read-only file system does not.
 */
@Component("engine")
final class EngineHealth extends AbstractHealthIndicator {

	private final CaissonSettings settings;

	EngineHealth(CaissonSettings settings) {
		this.settings = settings;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) throws IOException {
		probe(this.settings.dataRoot());
		probe(this.settings.runRoot());
		builder.up();
	}

	private static void probe(Path root) throws IOException {
		Path file = Files.createTempFile(root, ".health", null);
		try {
			Files.writeString(file, "x");
		}
		finally {
			Files.delete(file);
		}
	}

}
