package dev.caisson.platform.build;

import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.CaissonSettings;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What all builds share. */
@Configuration(proxyBeanMethods = false)
class BuildConfiguration {

	@Bean
	BuildDirectory buildDirectory(CaissonSettings settings) {
		return new BuildDirectory(settings.dataRoot().resolve("builds"));
	}

	@Bean
	StepCache stepCache(BuildDirectory directory, ImageStore images) {
		return new StepCache(directory.cache(), images);
	}

}
