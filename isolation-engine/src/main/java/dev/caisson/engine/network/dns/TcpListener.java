package dev.caisson.engine.network.dns;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/**
 * Questions of one container that come by connections, as after a truncated answer. Used
 * by the loop's thread.
 */
final class TcpListener implements AutoCloseable {

	/** Then the oldest one gives way. */
	private static final int MOST_CONNECTIONS = 16;

	private static final int MOST_AT_ONCE = 8;

	private final EventLoop loop;

	private final Fd socket;

	private final Asker asker;

	private final EventLoop.Watch watch;

	private final Set<TcpConnection> connections = new LinkedHashSet<>();

	private boolean closed;

	TcpListener(EventLoop loop, Fd socket, Asker asker) {
		this.loop = loop;
		this.socket = socket;
		this.asker = asker;
		this.watch = loop.watch(socket, EventLoop.READABLE, (_) -> accept());
	}

	private void accept() {
		for (int i = 0; i < MOST_AT_ONCE && !this.closed; i++) {
			long accepted = Linux.attempt(SystemCall.ACCEPT4, this.socket.number(), 0, 0, Fd.O_CLOEXEC | Fd.O_NONBLOCK);
			if (accepted < 0) {
				return;
			}
			if (this.connections.size() >= MOST_CONNECTIONS) {
				this.connections.iterator().next().close();
			}
			this.connections.add(new TcpConnection(this.loop, new Fd(accepted, "names by TCP"), this.asker,
					this.connections::remove));
		}
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.watch.close();
			this.socket.close();
			List<TcpConnection> open = new ArrayList<>(this.connections);
			open.forEach(TcpConnection::close);
		}
	}

}
