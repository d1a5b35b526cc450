package dev.caisson.platform.image.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.registry.TransferEvent;
import dev.caisson.engine.image.registry.TransferEvent.LayerProgress;
import dev.caisson.engine.image.registry.TransferEvent.LayerState;
import dev.caisson.engine.image.registry.TransferEvent.Pulled;
import dev.caisson.engine.image.registry.TransferEvent.Pulling;
import dev.caisson.engine.image.registry.TransferEvent.Pushed;
import dev.caisson.engine.image.registry.TransferEvent.Pushing;
import dev.caisson.platform.server.ProgressStream;

/** What happens in a pull or push, in Docker's words, by which clients draw bars. */
final class TransferProgress implements Consumer<TransferEvent> {

	/** Nanoseconds between two news of the same layer: nobody sees more. */
	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

	private final ProgressStream progress;

	private final Map<Digest, Long> told = new HashMap<>();

	private boolean pushing;

	TransferProgress(ProgressStream progress) {
		this.progress = progress;
	}

	@Override
	public void accept(TransferEvent event) {
		switch (event) {
			case Pulling pulling -> this.progress.send(Map.of("status",
					"Pulling from " + pulling.reference().familiarName().replaceFirst("^(?=[^/]+$)", "library/"), "id",
					tagOrDigest(pulling.reference())));
			case Pushing target -> {
				this.pushing = true;
				line("The push refers to repository [" + target.repository().name() + "]");
			}
			case LayerState layer -> state(layer);
			case LayerProgress layer -> layer(layer);
			case Pulled pulled -> pulled(pulled);
			case Pushed pushed -> pushed(pushed);
		}
	}

	/** Docker shows the path of its own hub's images, and all of others' names. */
	private static String path(ImageReference reference) {
		return reference.domain().equals("docker.io") ? reference.path() : reference.name();
	}

	private static String tagOrDigest(ImageReference reference) {
		return (reference.digest() != null) ? reference.digest().toString() : String.valueOf(reference.tag());
	}

	private void line(String text) {
		this.progress.send(Map.of("status", text));
	}

	private void state(LayerState layer) {
		String id = layer.layer().shortForm();
		switch (layer.state()) {
			case WAITING -> tell("Pulling fs layer", id);
			case DOWNLOADED -> tell("Download complete", id);
			case PULLED -> tell("Pull complete", id);
			case PRESENT -> tell(this.pushing ? "Layer already exists" : "Already exists", id);
			case PREPARING -> tell("Preparing", id);
			case PUSHED -> tell("Pushed", id);
			case MOUNTED -> tell("Mounted from another repository", id);
		}
	}

	private void tell(String status, String id) {
		this.progress.send(Map.of("status", status, "progressDetail", Map.of(), "id", id));
	}

	private void layer(LayerProgress layer) {
		if (isDue(layer)) {
			this.progress.send(Map.of("status", this.pushing ? "Pushing" : "Downloading", "progressDetail",
					Map.of("current", layer.current(), "total", layer.total()), "id", layer.layer().shortForm()));
		}
	}

	private boolean isDue(LayerProgress layer) {
		long now = System.nanoTime();
		Long last = this.told.get(layer.layer());
		if (last != null && now - last < PAUSE) {
			return false;
		}
		this.told.put(layer.layer(), now);
		return true;
	}

	private void pulled(Pulled pulled) {
		line("Digest: " + pulled.digest());
		line((pulled.changed() ? "Status: Downloaded newer image for " : "Status: Image is up to date for ")
				+ pulled.reference().familiar());
	}

	private void pushed(Pushed pushed) {
		String tag = tagOrDigest(pushed.reference());
		line(tag + ": digest: " + pushed.digest() + " size: " + pushed.size());
		this.progress.send(Map.of("progressDetail", Map.of(), "aux",
				Map.of("Tag", tag, "Digest", pushed.digest().toString(), "Size", pushed.size())));
	}

}
