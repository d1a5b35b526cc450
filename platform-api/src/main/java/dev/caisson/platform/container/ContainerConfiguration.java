package dev.caisson.platform.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.engine.IsolationEngine;
import dev.caisson.engine.container.Containers;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.selinux.Selinux;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.access.LabelledContainers;
import dev.caisson.platform.container.definition.HostFacts;
import dev.caisson.platform.container.definition.Peers.Peer;
import dev.caisson.platform.container.definition.SpecTranslation;
import dev.caisson.platform.network.NetworkService;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The engine's rooms, and what definitions are measured against: this host and the
 * containers on it.
 */
@Configuration(proxyBeanMethods = false)
class ContainerConfiguration {

	/** The engine closes them. */
	@Bean(destroyMethod = "")
	static Containers containers(IsolationEngine engine) {
		return engine.containers();
	}

	/** The engine closes them. */
	@Bean(destroyMethod = "")
	static ImageStore images(IsolationEngine engine) {
		return engine.images();
	}

	@Bean
	static HostFacts hostFacts(CaissonSettings settings) {
		return new HostFacts(Runtime.getRuntime().availableProcessors(), hostname(),
				settings.dataRoot().toAbsolutePath().normalize().resolve("volumes"), Selinux.ofHost().isEnabled());
	}

	@Bean
	static SpecTranslation specTranslation(HostFacts facts, ContainerRegistry registry, NetworkService networks) {
		return new SpecTranslation(facts, (reference) -> {
			ContainerEntry entry = registry.find(reference);
			return new Peer(entry.id(), entry.hostname(), entry.definition().mounts());
		}, networks);
	}

	@Bean
	LabelledContainers labelledContainers(ContainerRegistry registry) {
		return (reference, label, value) -> value
			.equals(registry.find(reference).definition().config().labels().get(label));
	}

	private static String hostname() {
		try {
			return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read the host's name", ex);
		}
	}

}
