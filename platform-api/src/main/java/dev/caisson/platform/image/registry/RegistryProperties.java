package dev.caisson.platform.image.registry;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.image.registry.Proxies;
import dev.caisson.engine.image.registry.RegistrySettings;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How registries are reached. Proxies are taken from {@code HTTP_PROXY},
 * {@code HTTPS_PROXY} and {@code NO_PROXY} of the service's environment.
 *
 * @param mirrors of Docker Hub, asked before it
 * @param insecure registries that may be reached by plain HTTP or with any certificate:
 * {@code host}, {@code host:port}, network
 * @param certificates Docker's {@code certs.d}: a directory for each {@code host[:port]}
 * @param patience how long a registry may be silent
 */
@ConfigurationProperties("caisson.registries")
record RegistryProperties(@DefaultValue List<URI> mirrors, @DefaultValue List<String> insecure,
		@DefaultValue("/etc/docker/certs.d") Path certificates, @DefaultValue("60s") Duration patience) {

	RegistrySettings settings(Map<String, String> environment) {
		return new RegistrySettings(this.mirrors, this.insecure, this.certificates, Proxies.of(environment),
				this.patience);
	}

}
