package dev.caisson.platform.server;

import java.io.IOException;

import jakarta.servlet.http.WebConnection;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tomcat's side of a hijack. The servlet way (a plain HttpUpgradeHandler) leaves sockets
 * open after a close and spins after a half-close; the way that Tomcat's own protocols
 * use does neither. Public with a public constructor because Tomcat makes it.
 */
public final class Takeover implements InternalHttpUpgradeHandler {

	private static final Logger log = LoggerFactory.getLogger(Takeover.class);

	private @Nullable SocketWrapperBase<?> socket;

	private @Nullable HijackedStream stream;

	private @Nullable HijackHandler handler;

	void prepare(HijackedStream stream, HijackHandler handler) {
		this.stream = stream;
		this.handler = handler;
	}

	@Override
	public void setSocketWrapper(SocketWrapperBase<?> wrapper) {
		this.socket = wrapper;
	}

	@Override
	public void init(WebConnection connection) {
		HijackedStream ready = this.stream;
		HijackHandler task = this.handler;
		SocketWrapperBase<?> wrapper = this.socket;
		if (ready == null || task == null || wrapper == null) {
			throw new IllegalStateException("taken over without a handler");
		}
		ready.open(wrapper);
		Thread.ofVirtual().name("hijacked").start(() -> run(ready, task));
	}

	private static void run(HijackedStream stream, HijackHandler handler) {
		try (stream) {
			handler.run(stream);
			stream.sayGoodbye();
		}
		catch (IOException ex) {
			log.debug("client has gone", ex);
		}
		catch (RuntimeException ex) {
			log.error("hijacked connection ends by an error", ex);
		}
	}

	/**
	 * Nothing may wake Tomcat for this socket: its reader and writers are our threads.
	 */
	@Override
	public SocketState upgradeDispatch(SocketEvent event) {
		return SocketState.SUSPENDED;
	}

	@Override
	public void timeoutAsync(long now) {
	}

	@Override
	public void setSslSupport(@Nullable SSLSupport support) {
	}

	/** The server is stopping: this connection ends with it. */
	@Override
	public void pause() {
		destroy();
	}

	@Override
	public void destroy() {
		HijackedStream open = this.stream;
		if (open != null) {
			open.close();
		}
	}

}
