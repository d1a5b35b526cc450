package dev.caisson.platform.container;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Supplier;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.ImageConfig;
import dev.caisson.platform.container.definition.ImageWords;

/** A container of which an image is made. */
public final class CommitSource {

	private final ContainerEntry entry;

	private final ContainerEvents events;

	CommitSource(ContainerEntry entry, ContainerEvents events) {
		this.entry = entry;
		this.events = events;
	}

	/** The image that it was made of. */
	public Digest image() {
		return this.entry.imageId();
	}

	/** How it runs, in the words of an image; with what the body of a request adds. */
	public ImageConfig config(byte[] body) {
		return ImageWords.of(this.entry.definition().config(), body);
	}

	/** Its command, as the history of an image tells it. */
	public String command() {
		var command = this.entry.definition().config().cmd();
		return (command != null) ? String.join(" ", command) : "";
	}

	/** Writes what it has changed as a layer. */
	public void writeChanges(OutputStream tar) throws IOException {
		this.entry.container().files().writeChanges(tar);
	}

	/** Does something while none of its processes runs. */
	public <T> T whileFrozen(Supplier<T> action) {
		return this.entry.container().whileFrozen(action);
	}

	/** Tells of the image. */
	public void committed(Map<String, String> attributes) {
		this.events.publish(this.entry, "commit", attributes);
	}

}
