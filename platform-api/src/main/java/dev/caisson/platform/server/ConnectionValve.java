package dev.caisson.platform.server;

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Sees every request before the servlet world does, and keeps at hand what that has not:
 * by which connector it came, whether its client goes, and Tomcat's own response, which a
 * hijack needs for the headers that a servlet cannot set on a 101.
 */
final class ConnectionValve extends ValveBase {

	private static final String RESPONSE = ConnectionValve.class.getName() + ".response";

	private static final String WATCH = ConnectionValve.class.getName() + ".watch";

	private final ClientWatch watch = new ClientWatch();

	ConnectionValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		request.setAttribute(RESPONSE, response);
		request.setAttribute(WATCH, this.watch);
		getNext().invoke(request, response);
	}

	@Override
	protected void stopInternal() throws LifecycleException {
		super.stopInternal();
		this.watch.stop();
	}

	static ClientWatch watchOf(ServletRequest request) {
		if (request.getAttribute(WATCH) instanceof ClientWatch watch) {
			return watch;
		}
		throw new IllegalStateException("the request did not come through Tomcat's pipeline");
	}

	static Response responseOf(ServletRequest request) {
		if (request.getAttribute(RESPONSE) instanceof Response response) {
			return response;
		}
		throw new IllegalStateException("the request did not come through Tomcat's pipeline");
	}

	/** Whether the request came by the unix socket, whose file guards the API. */
	static boolean isLocalSocket(ServletRequest request) {
		return UnixConnector.path(responseOf(request).getRequest().getConnector()).isPresent();
	}

}
