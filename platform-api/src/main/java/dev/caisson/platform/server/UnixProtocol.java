package dev.caisson.platform.server;

import java.io.IOException;

import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** Tomcat's HTTP/1.1, but a request knows the socket by which it came. */
final class UnixProtocol extends Http11NioProtocol {

	/** Notes 0 and 1 are Tomcat's own; the field is of org.apache.coyote.Constants. */
	private static final int SOCKET = 30;

	@Override
	protected Processor createProcessor() {
		return new Http11Processor(this, getAdapter()) {

			@Override
			public SocketState service(SocketWrapperBase<?> socket) throws IOException {
				getRequest().setNote(SOCKET, socket);
				return super.service(socket);
			}

		};
	}

	/** The socket of a request, or null if it came by another connector. */
	static @Nullable SocketWrapperBase<?> socketOf(Request request) {
		return (request.getNote(SOCKET) instanceof SocketWrapperBase<?> socket) ? socket : null;
	}

}
