package dev.caisson.platform.build;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.platform.build.dockerfile.GoDuration;
import dev.caisson.platform.build.dockerfile.Instruction.Healthcheck;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A health check as an image configuration and as its history have it. */
final class HealthText {

	private static final JsonMapper JSON = new JsonMapper();

	private HealthText() {
	}

	/** Docker's Healthcheck object; times in nanoseconds, defaults left out. */
	static String json(Healthcheck check) {
		ObjectNode json = JSON.createObjectNode();
		ArrayNode test = json.putArray("Test");
		test(check).forEach(test::add);
		put(json, "Interval", check.interval().toNanos());
		put(json, "Timeout", check.timeout().toNanos());
		put(json, "StartPeriod", check.startPeriod().toNanos());
		put(json, "StartInterval", check.startInterval().toNanos());
		put(json, "Retries", check.retries());
		return json.toString();
	}

	private static void put(ObjectNode json, String name, long value) {
		if (value != 0) {
			json.put(name, value);
		}
	}

	private static List<String> test(Healthcheck check) {
		List<String> test = new ArrayList<>();
		test.add(check.none() ? "NONE" : check.command().shell() ? "CMD-SHELL" : "CMD");
		test.addAll(check.command().words());
		return test;
	}

	/** As Go prints the structure with quotes. */
	static String quoted(Healthcheck check) {
		return "&{" + StageBuild.quoted(test(check)) + " \"" + GoDuration.format(check.interval()) + "\" \""
				+ GoDuration.format(check.timeout()) + "\" \"" + GoDuration.format(check.startPeriod()) + "\" \""
				+ GoDuration.format(check.startInterval()) + "\" '\\x" + String.format("%02x", check.retries()) + "'}";
	}

}
