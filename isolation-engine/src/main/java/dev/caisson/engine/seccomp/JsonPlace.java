package dev.caisson.engine.seccomp;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.caisson.engine.spec.InvalidSpecException;
import tools.jackson.databind.JsonNode;

/**
 * A value in the JSON of a profile, and where it stands. As in Docker, null means absent
 * and unknown members are passed over.
 *
 * @param node the value
 * @param path where it stands, for errors
 */
record JsonPlace(JsonNode node, String path) {

	private static final BigInteger LARGEST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

	Optional<JsonPlace> member(String name) {
		if (!this.node.isObject()) {
			throw refusal("must be an object");
		}
		JsonNode value = this.node.get(name);
		String place = this.path.isEmpty() ? name : this.path + "." + name;
		return (value == null || value.isNull()) ? Optional.empty() : Optional.of(new JsonPlace(value, place));
	}

	/** The elements of an array; none if the member is absent. */
	List<JsonPlace> elements(String name) {
		return member(name).map(JsonPlace::elements).orElse(List.of());
	}

	private List<JsonPlace> elements() {
		if (!this.node.isArray()) {
			throw refusal("must be an array");
		}
		List<JsonPlace> elements = new ArrayList<>();
		for (JsonNode element : this.node) {
			elements.add(new JsonPlace(element, this.path + "[" + elements.size() + "]"));
		}
		return elements;
	}

	List<String> texts(String name) {
		return elements(name).stream().map(JsonPlace::text).toList();
	}

	String text() {
		if (!this.node.isString()) {
			throw refusal("must be a string");
		}
		return this.node.stringValue();
	}

	/** An unsigned 64-bit number. */
	long number() {
		if (!this.node.isIntegralNumber() || this.node.bigIntegerValue().signum() < 0
				|| this.node.bigIntegerValue().compareTo(LARGEST) > 0) {
			throw refusal("must be a number from 0 to " + LARGEST);
		}
		return this.node.bigIntegerValue().longValue();
	}

	/** A number from 0 to a largest one. */
	int number(int largest) {
		if (!this.node.isIntegralNumber() || this.node.bigIntegerValue().signum() < 0
				|| this.node.bigIntegerValue().compareTo(BigInteger.valueOf(largest)) > 0) {
			throw refusal("must be a number from 0 to " + largest);
		}
		return this.node.intValue();
	}

	InvalidSpecException refusal(String message) {
		return refusal((this.path.isEmpty() ? "the profile" : this.path) + " " + message, null);
	}

	static InvalidSpecException refusal(String message, @org.jspecify.annotations.Nullable Throwable cause) {
		InvalidSpecException refusal = new InvalidSpecException("HostConfig.SecurityOpt",
				"Decoding seccomp profile failed: " + message);
		if (cause != null) {
			refusal.initCause(cause);
		}
		return refusal;
	}

}
