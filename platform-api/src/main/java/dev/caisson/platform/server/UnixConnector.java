package dev.caisson.platform.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

import org.apache.catalina.Lifecycle;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;

/**
 * The unix socket on which the API is served: whoever may write to its file is as good as
 * root, so it is 0660 and root's.
 */
final class UnixConnector {

	/** Of sys/un.h: sun_path holds 108 bytes with the final NUL. */
	private static final int LONGEST_PATH = 107;

	private UnixConnector() {
	}

	static Connector at(Path path) {
		UnixProtocol protocol = new UnixProtocol();
		protocol.setExecutor(new VirtualThreadExecutor("api-"));
		// an idle client keeps its connection, as dockerd lets it
		protocol.setKeepAliveTimeout(-1);
		protocol.setMaxKeepAliveRequests(-1);
		protocol.setMaxConnections(-1);
		// a client that is still sending an archive would else miss why it was refused
		protocol.setMaxSwallowSize(-1);
		Connector connector = new Connector(protocol);
		connector.setProperty("unixDomainSocketPath", path.toString());
		acceptImageNames(connector);
		// a body is read by whom it is meant for, never as form parameters
		connector.setParseBodyMethods("");
		connector.addLifecycleListener((event) -> {
			if (Lifecycle.AFTER_START_EVENT.equals(event.getType())) {
				protect(path);
			}
		});
		return connector;
	}

	/** Clients send {@code library%2Fbusybox} where an image name has a slash. */
	static void acceptImageNames(Connector connector) {
		connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
	}

	/** Where a connector's socket is; empty if it is none of ours. */
	static Optional<Path> path(Connector connector) {
		return (connector.getProtocolHandler() instanceof UnixProtocol)
				? Optional.of(Path.of(String.valueOf(connector.getProperty("unixDomainSocketPath"))))
				: Optional.empty();
	}

	/**
	 * Makes way for the socket: its directory exists, and what a dead process left at its
	 * path is removed.
	 * @throws StartRefusedException if the path cannot be used or is served already
	 */
	static void makeWay(Path path) {
		if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
			throw new StartRefusedException(
					"socket path " + path + " is longer than the " + LONGEST_PATH + " bytes that the kernel takes",
					"choose a shorter one with --socket");
		}
		try {
			Files.createDirectories(path.toAbsolutePath().getParent());
			if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
				removeStale(path);
			}
		}
		catch (IOException ex) {
			throw new StartRefusedException("socket " + path + " cannot be made (" + ex + ")",
					"choose a writable directory with --socket", ex);
		}
	}

	private static void removeStale(Path path) throws IOException {
		// S_IFSOCK of stat(2)
		int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
		if ((mode & 0170000) != 0140000) {
			throw new StartRefusedException(path + " exists and is not a socket",
					"remove it, or choose another path with --socket");
		}
		if (isServed(path)) {
			throw new StartRefusedException("socket " + path + " is served by a running process",
					"stop it, or choose another path with --socket");
		}
		Files.delete(path);
	}

	private static boolean isServed(Path path) {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			return channel.connect(UnixDomainSocketAddress.of(path));
		}
		catch (IOException ex) {
			// ECONNREFUSED: nobody listens any more
			return false;
		}
	}

	/**
	 * Tomcat's own setting of the permissions refuses when the directory is more open
	 * than the socket. Until here the file has the umask's permissions, by which only
	 * root may write, so nobody else can have connected.
	 */
	private static void protect(Path path) {
		try {
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
		}
		catch (IOException ex) {
			throw new StartRefusedException("permissions of socket " + path + " cannot be set (" + ex + ")",
					"choose a directory of another file system with --socket", ex);
		}
	}

}
