package dev.caisson.engine.image.registry;

import java.io.InputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A request to a registry, without what proves who asks.
 *
 * @param method of HTTP
 * @param uri the target
 * @param headers further fields
 * @param body what is sent, or null
 * @param scope what the request is for, in the words of Docker's token authentication, or
 * empty
 */
record Call(String method, URI uri, Map<String, String> headers, @Nullable Body body, String scope) {

	static Call get(URI uri, String scope) {
		return new Call("GET", uri, Map.of(), null, scope);
	}

	static Call head(URI uri, String scope) {
		return new Call("HEAD", uri, Map.of(), null, scope);
	}

	static Call post(URI uri, String scope) {
		return new Call("POST", uri, Map.of(), new Body(0, InputStream::nullInputStream), scope);
	}

	static Call put(URI uri, String type, Body body, String scope) {
		return new Call("PUT", uri, Map.of("Content-Type", type), body, scope);
	}

	Call with(String header, String value) {
		Map<String, String> more = new LinkedHashMap<>(this.headers);
		more.put(header, value);
		return new Call(this.method, this.uri, more, this.body, this.scope);
	}

	Call to(URI other) {
		return new Call(this.method, other, this.headers, this.body, this.scope);
	}

	/** Whether it can be made again without doing anything twice. */
	boolean isRepeatable() {
		return this.body == null;
	}

	/**
	 * Something to send.
	 *
	 * @param size in bytes
	 * @param content opened anew for each attempt
	 */
	record Body(long size, Supplier<InputStream> content) {

	}

}
