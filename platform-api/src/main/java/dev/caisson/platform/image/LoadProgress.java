package dev.caisson.platform.image;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.caisson.engine.image.LoadEvent;
import dev.caisson.platform.server.ProgressStream;

/** What happens in a load, in Docker's words. */
final class LoadProgress implements Consumer<LoadEvent> {

	/** Nanoseconds between two news of the same layer: nobody sees more. */
	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

	private final ProgressStream progress;

	private final boolean quiet;

	private final Map<String, Long> told = new HashMap<>();

	LoadProgress(ProgressStream progress, boolean quiet) {
		this.progress = progress;
		this.quiet = quiet;
	}

	@Override
	public void accept(LoadEvent event) {
		switch (event) {
			case LoadEvent.LayerProgress layer -> layer(layer);
			case LoadEvent.TagMoved moved -> line("The image " + moved.tag().familiar()
					+ " already exists, renaming the old one with ID " + moved.previous() + " to empty string");
			case LoadEvent.Loaded loaded -> line("Loaded image: " + loaded.tag().familiar());
			case LoadEvent.LoadedUnnamed loaded -> line("Loaded image ID: " + loaded.image());
		}
	}

	private void line(String text) {
		this.progress.send(Map.of("stream", text + "\n"));
	}

	private void layer(LoadEvent.LayerProgress layer) {
		if (this.quiet || !isDue(layer)) {
			return;
		}
		this.progress.send(Map.of("status", "Loading layer", "progressDetail",
				Map.of("current", layer.current(), "total", layer.total()), "id", layer.layer()));
	}

	private boolean isDue(LoadEvent.LayerProgress layer) {
		long now = System.nanoTime();
		Long last = this.told.get(layer.layer());
		if (last != null && now - last < PAUSE && layer.current() < layer.total()) {
			return false;
		}
		this.told.put(layer.layer(), now);
		return true;
	}

}
