package dev.caisson.platform.audit;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.caisson.persistence.audit.CanonicalJson;
import dev.caisson.persistence.audit.log.AuditLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Writes each checkpoint to other places, too: then not even root of this host can change
 * what was before it unnoticed. A place that does not answer gets the next one; each
 * covers all before it.
 */
@Component
final class CheckpointPublisher implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(CheckpointPublisher.class);

	/** RFC 5424, section 6.2.1: facility 13 (log audit), severity 5 (notice). */
	private static final int PRIORITY = 13 * 8 + 5;

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final ExecutorService sender = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());

	CheckpointPublisher(AuditLog auditLog, Environment environment) {
		String file = environment.getProperty("caisson.audit.publish-file", "");
		String syslog = environment.getProperty("caisson.audit.publish-syslog", "");
		String http = environment.getProperty("caisson.audit.publish-http", "");
		register(auditLog, file, (note) -> toFile(Path.of(file), note));
		register(auditLog, syslog, (note) -> toSyslog(syslog, note));
		register(auditLog, http, (note) -> toHttp(URI.create(http), note));
	}

	/** A way to one place. */
	@FunctionalInterface
	private interface Way {

		void send(String note) throws IOException, InterruptedException;

	}

	private void register(AuditLog auditLog, String place, Way way) {
		if (!place.isEmpty()) {
			auditLog.onCheckpoint((note) -> {
				if (this.sender.isShutdown()) {
					// the last one, when the log is closed
					send(place, way, note);
				}
				else {
					this.sender.execute(() -> send(place, way, note));
				}
			});
		}
	}

	private static void send(String place, Way way, String note) {
		try {
			way.send(note);
		}
		catch (IOException | RuntimeException ex) {
			log.warn("a checkpoint of the audit log did not reach {}: {}", place, ex.toString());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** One after the other, as they are. */
	private static void toFile(Path file, String note) throws IOException {
		Files.writeString(file, note + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND,
				StandardOpenOption.SYNC);
	}

	/**
	 * RFC 5424 over UDP (RFC 5426): the note as a JSON string, for a message is one line.
	 */
	private static void toSyslog(String address, String note) throws IOException {
		int colon = address.lastIndexOf(':');
		String host = (colon > 0) ? address.substring(0, colon) : address;
		int port = (colon > 0) ? Integer.parseInt(address.substring(colon + 1)) : 514;
		byte[] message = ("<" + PRIORITY + ">1 " + Instant.now() + " - caisson - checkpoint - "
				+ CanonicalJson.write(note))
			.getBytes(StandardCharsets.UTF_8);
		try (DatagramSocket socket = new DatagramSocket()) {
			socket.send(new DatagramPacket(message, message.length, new InetSocketAddress(host, port)));
		}
	}

	private static void toHttp(URI address, String note) throws IOException, InterruptedException {
		try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
			HttpResponse<Void> answer = client.send(HttpRequest.newBuilder(address)
				.timeout(PATIENCE)
				.header("Content-Type", "text/plain; charset=UTF-8")
				.POST(HttpRequest.BodyPublishers.ofString(note))
				.build(), HttpResponse.BodyHandlers.discarding());
			if (answer.statusCode() / 100 != 2) {
				throw new IOException("status " + answer.statusCode());
			}
		}
	}

	@Override
	public void close() {
		this.sender.shutdown();
	}

}
