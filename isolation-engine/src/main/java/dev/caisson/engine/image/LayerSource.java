package dev.caisson.engine.image;

import java.io.IOException;
import java.io.OutputStream;

/** Something that can be written as a layer: an uncompressed tar archive, once. */
@FunctionalInterface
public interface LayerSource {

	/**
	 * Writes the whole archive.
	 * @param tar stays open
	 */
	void writeTo(OutputStream tar) throws IOException;

}
