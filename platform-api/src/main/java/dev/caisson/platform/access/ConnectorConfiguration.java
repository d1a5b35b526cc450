package dev.caisson.platform.access;

import java.net.InetAddress;

import dev.caisson.engine.IsolationEngine;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.server.LocalSocket;
import dev.caisson.platform.server.StartRefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The sockets that may do less, and TLS on TCP. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TlsSettings.class)
class ConnectorConfiguration {

	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> doors(CaissonSettings settings, AccessSettings access,
			TlsSettings tls, ServerProperties server, ObjectProvider<IsolationEngine> engine) {
		return (factory) -> {
			// the engine's lock comes first: only its owner may clear a stale socket away
			engine.getIfAvailable();
			for (AccessSettings.ExtraSocket socket : access.sockets()) {
				SocketScope.named(socket.preset());
				LocalSocket.add(factory, socket.path());
			}
			if (tls.enabled()) {
				factory.setSsl(ssl(settings, access, tls));
			}
			else {
				refuseOtherThanLoopback(server.getAddress());
			}
		};
	}

	private static void refuseOtherThanLoopback(@Nullable InetAddress address) {
		if (address == null || !address.isLoopbackAddress()) {
			throw new StartRefusedException(
					"HTTP address " + ((address != null) ? address.getHostAddress() : "0.0.0.0")
							+ " is refused without TLS",
					"leave caisson.tls.enabled on, or use 127.0.0.1 or ::1 with --http-address");
		}
	}

	private static Ssl ssl(CaissonSettings settings, AccessSettings access, TlsSettings tls) {
		Ssl ssl = new Ssl();
		ssl.setEnabledProtocols(new String[] { "TLSv1.3", "TLSv1.2" });
		if (tls.certificate() != null && tls.key() != null) {
			ssl.setCertificate(tls.certificate().toUri().toString());
			ssl.setCertificatePrivateKey(tls.key().toUri().toString());
		}
		else if (tls.certificate() != null || tls.key() != null) {
			throw new StartRefusedException("a TLS certificate without its key, or a key without its certificate",
					"set both caisson.tls.certificate and caisson.tls.key");
		}
		else {
			OwnCertificate own = OwnCertificate.in(settings.dataRoot().resolve("tls"));
			ssl.setKeyStore(own.store().toUri().toString());
			ssl.setKeyStoreType("PKCS12");
			ssl.setKeyStorePassword(own.password());
			ssl.setKeyAlias("caisson");
		}
		if (access.clientCa() != null) {
			ssl.setTrustCertificate(access.clientCa().toUri().toString());
			ssl.setClientAuth(Ssl.ClientAuth.WANT);
		}
		return ssl;
	}

}
