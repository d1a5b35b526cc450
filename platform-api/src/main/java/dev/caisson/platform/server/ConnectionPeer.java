package dev.caisson.platform.server;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.SocketPeer;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** The process at the other end of the unix socket, asked for once a connection. */
public final class ConnectionPeer {

	private static final Map<SocketWrapperBase<?>, SocketPeer> KNOWN = Collections.synchronizedMap(new WeakHashMap<>());

	private ConnectionPeer() {
	}

	/** Empty if the request came by TCP, or the JDK hides its descriptors. */
	public static Optional<SocketPeer> of(HttpServletRequest request) {
		SocketWrapperBase<?> socket = UnixProtocol
			.socketOf(ConnectionValve.responseOf(request).getRequest().getCoyoteRequest());
		return (socket != null) ? Optional.ofNullable(KNOWN.computeIfAbsent(socket, ConnectionPeer::ask))
				: Optional.empty();
	}

	private static @Nullable SocketPeer ask(SocketWrapperBase<?> socket) {
		try (Fd descriptor = ClientWatch.descriptor(socket)) {
			return (descriptor != null) ? SocketPeer.of(descriptor) : null;
		}
	}

	/** Where a request came from, in one word. */
	public static String sourceOf(HttpServletRequest request) {
		return ConnectionValve.isLocalSocket(request) ? "unix"
				: "tcp:" + request.getRemoteAddr() + ":" + request.getRemotePort();
	}

}
