package dev.caisson.engine.image;

import java.nio.charset.StandardCharsets;
import java.util.Collection;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The configuration of a new image as JSON (OCI image specification, config.md): the
 * parent's layers and history with one more step.
 */
final class DraftDocument {

	private DraftDocument() {
	}

	/**
	 * Writes it.
	 * @param parent the parent's configuration, or null
	 * @param layer the digest of the new layer's archive; null if the step made none
	 */
	static ConfigDocument of(ImageDraft draft, @Nullable ConfigDocument parent, @Nullable Digest layer, Platform host) {
		ObjectNode json = Json.MAPPER.createObjectNode();
		json.put("architecture", (parent != null) ? parent.architecture() : host.architecture());
		putUnlessEmpty(json, "variant", (parent != null) ? parent.variant() : host.variant());
		json.put("os", (parent != null) ? parent.os() : host.os());
		json.put("created", draft.created().toString());
		putUnlessEmpty(json, "author", draft.author());
		putUnlessEmpty(json, "comment", draft.comment());
		json.set("config", config(draft.config()));
		ArrayNode diffIds = json.putObject("rootfs").put("type", "layers").putArray("diff_ids");
		ArrayNode history = json.putArray("history");
		if (parent != null) {
			parent.diffIds().forEach((diffId) -> diffIds.add(diffId.toString()));
			// as it is, with whatever others have put there
			Json.parse(parent.raw().bytes(), "image configuration")
				.get("history")
				.elements()
				.forEach((step) -> history.add(step.node()));
		}
		if (layer != null) {
			diffIds.add(layer.toString());
		}
		history.add(step(draft, layer == null));
		return ConfigDocument.parse(json.toString().getBytes(StandardCharsets.UTF_8));
	}

	private static ObjectNode step(ImageDraft draft, boolean empty) {
		ObjectNode step = Json.MAPPER.createObjectNode().put("created", draft.created().toString());
		putUnlessEmpty(step, "author", draft.author());
		putUnlessEmpty(step, "created_by", draft.createdBy());
		putUnlessEmpty(step, "comment", draft.comment());
		if (empty) {
			step.put("empty_layer", true);
		}
		return step;
	}

	private static ObjectNode config(ImageConfig config) {
		ObjectNode json = Json.MAPPER.createObjectNode();
		putUnlessEmpty(json, "User", config.user());
		putSet(json, "ExposedPorts", config.exposedPorts());
		putList(json, "Env", config.env());
		putList(json, "Entrypoint", config.entrypoint());
		putList(json, "Cmd", config.cmd());
		putSet(json, "Volumes", config.volumes());
		putUnlessEmpty(json, "WorkingDir", config.workingDir());
		if (!config.labels().isEmpty()) {
			ObjectNode labels = json.putObject("Labels");
			config.labels().forEach(labels::put);
		}
		putUnlessEmpty(json, "StopSignal", config.stopSignal());
		if (config.stopTimeout() != null) {
			json.put("StopTimeout", config.stopTimeout());
		}
		if (config.healthcheck() != null) {
			json.set("Healthcheck", Json.MAPPER.readTree(config.healthcheck()));
		}
		putList(json, "Shell", config.shell());
		putList(json, "OnBuild", config.onBuild().isEmpty() ? null : config.onBuild());
		return json;
	}

	private static void putUnlessEmpty(ObjectNode json, String name, String value) {
		if (!value.isEmpty()) {
			json.put(name, value);
		}
	}

	/** An empty list says something else than none: it overrides. */
	private static void putList(ObjectNode json, String name, @Nullable Collection<String> values) {
		if (values != null) {
			ArrayNode list = json.putArray(name);
			values.forEach(list::add);
		}
	}

	private static void putSet(ObjectNode json, String name, Collection<String> values) {
		if (!values.isEmpty()) {
			ObjectNode set = json.putObject(name);
			values.forEach(set::putObject);
		}
	}

}
