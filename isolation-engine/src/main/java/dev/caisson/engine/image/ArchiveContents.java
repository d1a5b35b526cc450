package dev.caisson.engine.image;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.tar.TarEntry;

/**
 * What one pass over an archive has found, by the members' names: JSON documents in
 * memory, layers unpacked. Which of them make an image, the documents tell.
 */
final class ArchiveContents {

	private static final int MAX_LINKS = 8;

	private final Map<String, byte[]> documents = new HashMap<>();

	private final Map<String, ArchivedLayer> layers = new HashMap<>();

	private final Map<String, String> links = new HashMap<>();

	void add(String name, byte[] document) {
		this.documents.put(name, document);
	}

	void add(String name, ArchivedLayer layer) {
		this.layers.put(name, layer);
	}

	/** One name for the content of another: what Docker writes for a layer used twice. */
	void addLink(String name, String target) {
		this.links.put(name, target);
	}

	boolean hasDocument(String name) {
		return this.documents.containsKey(follow(name));
	}

	/** The bytes of a document that has to be there. */
	byte[] document(String name) {
		byte[] document = this.documents.get(follow(name));
		if (document == null) {
			throw new InvalidImageException("archive: " + TarEntry.show(name) + " is missing or not JSON");
		}
		return document;
	}

	/** A layer that has to be there. */
	ArchivedLayer layer(String name) {
		ArchivedLayer layer = this.layers.get(follow(name));
		if (layer == null) {
			throw new InvalidImageException("archive: layer " + TarEntry.show(name) + " is missing");
		}
		return layer;
	}

	private String follow(String name) {
		String at = normalize(name);
		for (int i = 0; i < MAX_LINKS; i++) {
			String target = this.links.get(at);
			if (target == null) {
				return at;
			}
			at = target;
		}
		throw new InvalidImageException("archive: " + TarEntry.show(name) + " is a link that leads nowhere");
	}

	/**
	 * Members are never files on disk, so this is about finding them, not about escape.
	 */
	static String normalize(String name) {
		Deque<String> components = new ArrayDeque<>();
		for (String component : name.split("/")) {
			if (component.equals("..")) {
				components.pollLast();
			}
			else if (!component.isEmpty() && !component.equals(".")) {
				components.addLast(component);
			}
		}
		return String.join("/", components);
	}

	/** What a symbolic link at this name with this target leads to. */
	static String resolve(String name, String target) {
		@Nullable String directory = name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : null;
		return normalize((directory == null || target.startsWith("/")) ? target : directory + "/" + target);
	}

}
