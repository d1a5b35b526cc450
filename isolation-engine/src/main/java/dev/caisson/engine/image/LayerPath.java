package dev.caisson.engine.image;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.tar.TarEntry;

/**
 * A path inside a layer: relative, without {@code .} and {@code ..}, one byte per
 * character.
 *
 * @param parent the path of the directory, empty for the layer's root
 * @param name the last component; {@code .} for the layer's root itself
 */
record LayerPath(String parent, String name) {

	static final String ROOT = ".";

	private static final int NAME_MAX = 255;

	private static final int PATH_MAX = 4095;

	/** A path as archives write it: {@code ./a/b}, {@code /a/b}, {@code a/b/}. */
	static LayerPath of(String written, int maxDepth) {
		if (written.length() > PATH_MAX) {
			throw refused(written, "is longer than " + PATH_MAX + " bytes");
		}
		List<String> components = new ArrayList<>();
		for (String component : written.split("/")) {
			if (component.equals("..")) {
				throw refused(written, "leads out of its directory");
			}
			if (component.length() > NAME_MAX) {
				throw refused(written, "has a component longer than " + NAME_MAX + " bytes");
			}
			if (!component.isEmpty() && !component.equals(".")) {
				components.add(component);
			}
		}
		if (components.size() > maxDepth) {
			throw refused(written, "is more than " + maxDepth + " directories deep");
		}
		if (components.isEmpty()) {
			return new LayerPath("", ROOT);
		}
		return new LayerPath(String.join("/", components.subList(0, components.size() - 1)), components.getLast());
	}

	static InvalidImageException refused(String written, String why) {
		return new InvalidImageException("layer: path " + TarEntry.show(written) + " " + why);
	}

	boolean isRoot() {
		return this.parent.isEmpty() && this.name.equals(ROOT);
	}

	@Override
	public String toString() {
		return TarEntry.show(this.parent.isEmpty() ? this.name : this.parent + "/" + this.name);
	}

}
