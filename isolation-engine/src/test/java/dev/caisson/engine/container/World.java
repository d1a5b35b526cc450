package dev.caisson.engine.container;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * The world outside of the host: a network namespace behind a veth of the host's, that
 * owns 8.8.8.8 and 2001:db8::8 and serves a directory on port 80 of both. No packet
 * leaves the machine.
 */
final class World implements AutoCloseable {

	/** The host's address towards it. */
	static final String HOST = "203.0.113.1", HOST6 = "2001:db8:1::1";

	/** Its own address on that link. */
	static final String NEIGHBOUR = "203.0.113.2";

	static final String FAR = "8.8.8.8", FAR6 = "2001:db8::8";

	private final Process namespace;

	World() throws IOException {
		// holds the namespace, and serves
		this.namespace = new ProcessBuilder("unshare", "-n", "sh", "-c",
				"ip link set lo up && ip addr add 8.8.8.8/32 dev lo && ip -6 addr add 2001:db8::8/128 dev lo nodad && "
						+ "echo ready && read go && exec busybox httpd -f -p 80 -h /etc")
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		if (!"ready".equals(this.namespace.inputReader().readLine())) {
			throw new IOException("the world did not begin");
		}
		String pid = Long.toString(this.namespace.pid());
		host("ip", "link", "add", "uplink", "type", "veth", "peer", "name", "world", "netns", pid);
		host("ip", "addr", "add", HOST + "/24", "dev", "uplink");
		host("ip", "-6", "addr", "add", HOST6 + "/64", "dev", "uplink", "nodad");
		host("ip", "link", "set", "uplink", "up");
		run("ip", "addr", "add", NEIGHBOUR + "/24", "dev", "world");
		run("ip", "-6", "addr", "add", "2001:db8:1::2/64", "dev", "world", "nodad");
		run("ip", "link", "set", "world", "up");
		host("ip", "route", "add", "default", "via", NEIGHBOUR);
		host("ip", "-6", "route", "add", "default", "via", "2001:db8:1::2");
		this.namespace.outputWriter().append("go\n").flush();
	}

	private static void host(String... command) {
		String output = NetworkHost.output(command);
		if (!output.isEmpty()) {
			throw new AssertionError(String.join(" ", command) + ": " + output);
		}
	}

	/** Runs a command in it, which is to say nothing. */
	void run(String... command) {
		host(NetworkHost.nsenter(this.namespace.pid(), command));
	}

	String output(String... command) {
		return NetworkHost.output(NetworkHost.nsenter(this.namespace.pid(), command));
	}

	boolean succeeds(String... command) {
		return NetworkHost.exitCode(NetworkHost.nsenter(this.namespace.pid(), command)) == 0;
	}

	@Override
	public void close() {
		NetworkHost.output("ip", "link", "delete", "uplink");
		this.namespace.destroyForcibly();
		try {
			this.namespace.waitFor(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
