package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.TestImages;

/**
 * A registry that serves one image, {@code x:1}, and any part of it in as strange a way
 * as a test wants. It notes who asked for what.
 */
final class StrangeRegistry implements AutoCloseable {

	private final HttpServer server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Map<String, HttpHandler> parts = new ConcurrentHashMap<>();

	/** Path, and the value of the field Authorization. */
	final List<String> asked = new CopyOnWriteArrayList<>();

	final byte[] layer;

	final String layerPath;

	String manifest;

	StrangeRegistry(int layerBytes) throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::answer);
		this.server.start();
		byte[] archive = TestImages.layer(layerBytes);
		this.layer = TestImages.gzip(archive);
		byte[] config = TestImages.config(archive);
		this.manifest = manifest(config, this.layer.length);
		this.layerPath = "/v2/x/blobs/" + Digest.ofBytes(this.layer);
		serve("/v2/x/blobs/" + Digest.ofBytes(config), bytes(config));
		serve(this.layerPath, bytes(this.layer));
		serve("/v2/x/manifests/1",
				(exchange) -> bytes(this.manifest.getBytes(StandardCharsets.UTF_8)).handle(exchange));
	}

	final String manifest(byte[] config, long layerSize) {
		return """
				{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
				"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},\
				"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%s","size":%d}]}"""
			.formatted(Digest.ofBytes(config), config.length, Digest.ofBytes(this.layer), layerSize);
	}

	void serve(String path, HttpHandler part) {
		this.parts.put(path, part);
	}

	static HttpHandler bytes(byte[] bytes) {
		return (exchange) -> {
			exchange.sendResponseHeaders(200, bytes.length);
			exchange.getResponseBody().write(bytes);
		};
	}

	private void answer(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		this.asked.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
		HttpHandler part = this.parts.get(path);
		try {
			if (part == null) {
				exchange.sendResponseHeaders(404, -1);
			}
			else {
				part.handle(exchange);
			}
		}
		finally {
			exchange.close();
		}
	}

	String domain() {
		return "127.0.0.1:" + this.server.getAddress().getPort();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
