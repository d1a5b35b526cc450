package dev.caisson.platform.image.registry;

import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.registry.Registries;
import dev.caisson.engine.image.trust.ImagePolicy;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The way to registries. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RegistryProperties.class)
class RegistryConfiguration {

	@Bean
	Registries registries(ImageStore images, RegistryProperties properties, ImagePolicy policy) {
		return new Registries(images, properties.settings(System.getenv()), policy);
	}

}
