package dev.caisson.platform.server;

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Sees every request before the servlet world does: notes by which connector it came and
 * keeps Tomcat's own response at hand, which a hijack needs for the headers that a
 * servlet cannot set on a 101.
 */
final class ConnectionValve extends ValveBase {

	private static final String RESPONSE = ConnectionValve.class.getName() + ".response";

	ConnectionValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		request.setAttribute(RESPONSE, response);
		getNext().invoke(request, response);
	}

	static Response responseOf(ServletRequest request) {
		if (request.getAttribute(RESPONSE) instanceof Response response) {
			return response;
		}
		throw new IllegalStateException("the request did not come through Tomcat's pipeline");
	}

	/** Whether the request came by the unix socket, whose file guards the API. */
	static boolean isLocalSocket(ServletRequest request) {
		return UnixConnector.isUnix(responseOf(request).getRequest().getConnector());
	}

}
