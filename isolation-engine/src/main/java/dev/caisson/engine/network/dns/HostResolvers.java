package dev.caisson.engine.network.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The servers of the host's resolv.conf(5), read again when it may have changed. Safe for
 * use by many threads.
 */
final class HostResolvers implements Supplier<List<InetSocketAddress>> {

	private static final int PORT = 53;

	private static final Duration FRESH = Duration.ofSeconds(5);

	private static final int LARGEST_FILE = 1 << 20;

	private final Path file;

	private List<InetSocketAddress> servers = List.of();

	private long readAt;

	private boolean read;

	HostResolvers(Path file) {
		this.file = file;
	}

	@Override
	public synchronized List<InetSocketAddress> get() {
		long now = System.nanoTime();
		if (!this.read || now - this.readAt > FRESH.toNanos()) {
			this.servers = parse(text());
			this.readAt = now;
			this.read = true;
		}
		return this.servers;
	}

	private String text() {
		try {
			boolean usable = Files.isRegularFile(this.file) && Files.size(this.file) <= LARGEST_FILE;
			return usable ? new String(Files.readAllBytes(this.file), StandardCharsets.ISO_8859_1) : "";
		}
		catch (IOException ex) {
			// as a resolver of libc does: no file, no servers
			return "";
		}
	}

	static List<InetSocketAddress> parse(String text) {
		List<InetSocketAddress> servers = new ArrayList<>();
		for (String line : text.lines().toList()) {
			String[] words = line.strip().split("\\s+");
			if (words.length >= 2 && words[0].equals("nameserver")) {
				server(words[1], servers);
			}
		}
		return List.copyOf(servers);
	}

	private static void server(String literal, List<InetSocketAddress> servers) {
		try {
			servers.add(new InetSocketAddress(InetAddress.ofLiteral(literal), PORT));
		}
		catch (IllegalArgumentException ex) {
			// libc skips what it cannot read, too
		}
	}

}
