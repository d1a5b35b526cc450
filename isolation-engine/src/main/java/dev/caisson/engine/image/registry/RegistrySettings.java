package dev.caisson.engine.image.registry;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How registries are reached.
 *
 * @param mirrors of Docker Hub, asked before it, in order
 * @param insecure registries that may be reached by plain HTTP or with any certificate,
 * by {@code host}, {@code host:port} or network; those on loopback always may
 * @param certificates a directory with one directory for each {@code host[:port]}, in
 * which {@code *.crt} are authorities to trust and {@code *.cert} with {@code *.key} is
 * what we are known by: Docker's {@code certs.d}
 * @param proxies how others than loopback are reached
 * @param patience how long a server may be silent
 */
public record RegistrySettings(List<URI> mirrors, List<String> insecure, Path certificates, Proxies proxies,
		Duration patience) {

	public RegistrySettings {
		mirrors = List.copyOf(mirrors);
		insecure = List.copyOf(insecure);
		for (URI mirror : mirrors) {
			boolean http = "http".equals(mirror.getScheme()) || "https".equals(mirror.getScheme());
			if (!http || mirror.getHost() == null || mirror.getUserInfo() != null || mirror.getQuery() != null) {
				throw new IllegalArgumentException(
						"registry mirror " + mirror + ": must be http(s)://host[:port][/path] and nothing else");
			}
		}
		insecure.forEach(InsecureHosts::check);
	}

}
