package dev.caisson.platform.server;

import java.nio.file.Path;
import java.util.Optional;

import jakarta.servlet.ServletRequest;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;

/** The unix sockets on which the API is served. */
public final class LocalSocket {

	private LocalSocket() {
	}

	/**
	 * Serves one more socket, with the permissions of the first.
	 * @throws StartRefusedException if its path cannot be used or is served already
	 */
	public static void add(TomcatServletWebServerFactory factory, Path path) {
		UnixConnector.makeWay(path);
		factory.addAdditionalConnectors(UnixConnector.at(path));
	}

	/**
	 * The socket by which a request came; empty if it came over TCP.
	 */
	public static Optional<Path> of(ServletRequest request) {
		return UnixConnector.path(ConnectionValve.responseOf(request).getRequest().getConnector());
	}

}
