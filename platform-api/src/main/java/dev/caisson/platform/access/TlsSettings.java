package dev.caisson.platform.access;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How TCP is protected.
 *
 * @param enabled false leaves it open to whoever can read along, so that it is possible
 * on loopback alone: for a proxy of this host that has its own certificate
 * @param certificate a file of PEM certificates, the server's first; null: one is made at
 * the first start, and signed by itself
 * @param key a file with the PEM key of the certificate
 */
@ConfigurationProperties("caisson.tls")
record TlsSettings(@DefaultValue("true") boolean enabled, @Nullable Path certificate, @Nullable Path key) {
}
