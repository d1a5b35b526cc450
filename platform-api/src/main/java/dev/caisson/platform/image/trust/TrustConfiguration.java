package dev.caisson.platform.image.trust;

import dev.caisson.engine.image.trust.ImagePolicy;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The policy of images. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PolicyProperties.class)
class TrustConfiguration {

	@Bean
	ImagePolicy imagePolicy(PolicyProperties properties) {
		return properties.policy();
	}

}
