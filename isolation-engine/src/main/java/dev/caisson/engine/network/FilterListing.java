package dev.caisson.engine.network;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what libnftables-json(5) writes of one set or map. */
final class FilterListing {

	private static final JsonMapper JSON = new JsonMapper();

	private FilterListing() {
	}

	static int count(String listing) {
		return elements(listing).size();
	}

	/**
	 * Each element as its parts in a row, those of a map's value after those of its key.
	 */
	static List<List<String>> elements(String listing) {
		List<List<String>> found = new ArrayList<>();
		for (JsonNode object : JSON.readTree(listing).path("nftables")) {
			JsonNode set = object.has("map") ? object.get("map") : object.path("set");
			for (JsonNode element : set.path("elem")) {
				List<String> parts = new ArrayList<>();
				collect(element, parts);
				found.add(parts);
			}
		}
		return found;
	}

	private static void collect(JsonNode node, List<String> parts) {
		if (node.isValueNode()) {
			parts.add(node.asString());
		}
		else if (node.has("prefix")) {
			parts.add(node.get("prefix").path("addr").asString() + "/" + node.get("prefix").path("len").asString());
		}
		else if (node.has("range")) {
			parts.add(node.get("range").path(0).asString() + "-" + node.get("range").path(1).asString());
		}
		else {
			node.forEach((child) -> collect(child, parts));
		}
	}

}
