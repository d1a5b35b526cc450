package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarReader;

/**
 * Takes in the layers of one archive: unpacks each into a directory of its own, and
 * removes those that nobody adopted when it is closed. Layers may be taken in by several
 * threads at once.
 */
final class LayerIntake implements AutoCloseable {

	/** How often progress is told, in bytes. */
	private static final long PROGRESS_STEP = 512 * 1024;

	/** An archive is its files, and headers of which only names in them are long. */
	private static final long HEADERS_FOR_BYTES = 2;

	private final LayerStore store;

	private final ContentStore content;

	private final KnownLayers known;

	private final UnpackLimits limits;

	private final Consumer<LoadEvent> progress;

	private final List<PartialLayer> partials = new CopyOnWriteArrayList<>();

	private final List<PartialBlob> blobs = new CopyOnWriteArrayList<>();

	private final List<Digest> used = new CopyOnWriteArrayList<>();

	LayerIntake(LayerStore store, ContentStore content, KnownLayers known, UnpackLimits limits,
			Consumer<LoadEvent> progress) {
		this.store = store;
		this.content = content;
		this.known = known;
		this.limits = limits;
		this.progress = progress;
	}

	/**
	 * The layer that is in the store and has this name, kept there until this is closed.
	 */
	ArchivedLayer.@Nullable Known known(LayerName name) {
		Digest diffId = this.known.use(name);
		if (diffId == null) {
			return null;
		}
		this.used.add(diffId);
		return new ArchivedLayer.Known(diffId, name);
	}

	/**
	 * Unpacks a member of the archive.
	 * @param name the member's
	 * @param stored its content
	 * @param compression how it is packed
	 * @param size of the content in bytes
	 * @throws IOException if reading the archive fails; a malformed layer is a result
	 */
	ArchivedLayer unpack(String name, InputStream stored, Compression compression, long size) throws IOException {
		return unpack(name, stored, compression, new Progress(label(name), size));
	}

	/** The same for a layer that comes otherwise; told how much of it was read. */
	ArchivedLayer unpack(String name, InputStream stored, Compression compression, LongConsumer read)
			throws IOException {
		PartialLayer partial = this.store.begin();
		this.partials.add(partial);
		PartialBlob recipe = begin(this.store.recipes());
		PartialBlob kept = (compression != Compression.NONE) ? begin(this.content) : null;
		LayerPipe pipe = new LayerPipe((kept != null) ? kept.filledFrom(stored) : stored, compression,
				this.limits.bytes() * HEADERS_FOR_BYTES);
		FutureTask<Long> writing = new FutureTask<>(() -> write(pipe, partial, recipe));
		// system calls hold on to the carrier of a virtual thread; a busy disk makes them
		// long
		Thread.ofPlatform().name("layer-writer").daemon().start(writing);
		pipe.pump(read);
		try {
			long bytes = result(writing);
			LayerPipe.Digests digests = pipe.digests();
			return new ArchivedLayer.Unpacked(LayerName.of(name), digests.blob(), digests.diffId(), bytes, partial,
					recipe, kept);
		}
		catch (InvalidImageException ex) {
			discard(partial);
			discard(recipe);
			discard(kept);
			return new ArchivedLayer.Unusable(TarEntry.show(name) + ": " + ex.getMessage());
		}
	}

	private PartialBlob begin(ContentStore among) throws IOException {
		PartialBlob blob = among.begin();
		this.blobs.add(blob);
		return blob;
	}

	private long write(LayerPipe in, PartialLayer partial, PartialBlob recipe) throws IOException {
		try (LayerPipe pipe = in;
				RecipeWriter writer = new RecipeWriter(recipe);
				LayerUnpacker unpacker = new LayerUnpacker(partial.root(), this.limits, writer)) {
			TarReader tar = new TarReader(pipe, this.limits.headerBytes(), writer);
			long bytes = unpacker.unpack(tar);
			tar.drain();
			writer.finish();
			return bytes;
		}
	}

	/** Waits for the writer, who must be done before his directory goes. */
	private static long result(FutureTask<Long> writing) throws IOException {
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return writing.get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		catch (ExecutionException ex) {
			switch (ex.getCause()) {
				case IOException cause -> throw cause;
				case RuntimeException cause -> throw cause;
				default -> throw new IllegalStateException("cannot unpack a layer: " + ex.getCause(), ex);
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static String label(String name) {
		LayerName layer = LayerName.of(name);
		String text = (layer != null) ? layer.hex() : name.substring(name.lastIndexOf('/') + 1);
		return TarEntry.show((text.length() > 12) ? text.substring(0, 12) : text);
	}

	/** Puts an unpacked layer into the store, where it stays. */
	void adopt(ArchivedLayer.Unpacked layer) throws IOException {
		this.partials.remove(layer.partial());
		this.blobs.remove(layer.recipe());
		this.store.recipes().adopt(layer.recipe(), layer.diffId());
		this.store.adopt(layer.partial(), layer.diffId());
	}

	/** Puts a layer as it was stored among the blobs. */
	void adopt(PartialBlob kept, Digest digest) throws IOException {
		this.blobs.remove(kept);
		this.content.adopt(kept, digest);
	}

	private void discard(@Nullable PartialBlob kept) {
		if (kept != null && this.blobs.remove(kept)) {
			kept.discard();
		}
	}

	private void discard(PartialLayer partial) {
		this.partials.remove(partial);
		this.store.discard(partial);
	}

	@Override
	public void close() {
		this.partials.forEach(this::discard);
		this.blobs.forEach(this::discard);
		this.used.forEach(this.known::release);
	}

	/** The layers that need not be read again; a used one stays in the store. */
	interface KnownLayers {

		/** The layer of this name, which must be released, or null. */
		@Nullable Digest use(LayerName name);

		void release(Digest diffId);

	}

	/** Tells now and then how far a layer was read. */
	private final class Progress implements LongConsumer {

		private final String label;

		private final long size;

		private long told = -PROGRESS_STEP;

		Progress(String label, long size) {
			this.label = label;
			this.size = size;
		}

		@Override
		public void accept(long read) {
			if (read - this.told >= PROGRESS_STEP || read == this.size) {
				this.told = read;
				LayerIntake.this.progress.accept(new LoadEvent.LayerProgress(this.label, read, this.size));
			}
		}

	}

}
