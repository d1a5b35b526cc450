package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.tar.TarFeed;

/**
 * Makes one image of a draft and a layer. The parent and its layers stay while this is
 * open. For one thread.
 */
final class ImageAssembly implements AutoCloseable {

	/** The digest of an archive with nothing in it, which is no layer. */
	private static final Digest NOTHING = Digest.ofBytes(new byte[1024]);

	private static final String LAYER = "layer.tar";

	private final ImageCatalog catalog;

	private final LayerIntake intake;

	private final Platform host;

	private final ImageDraft draft;

	private final @Nullable ConfigDocument parent;

	/**
	 * Begins one.
	 * @throws ImageNotFoundException if the parent is not there
	 */
	ImageAssembly(ImageCatalog catalog, LayerIntake intake, Platform host, ImageDraft draft) {
		this.catalog = catalog;
		this.intake = intake;
		this.host = host;
		this.draft = draft;
		Digest base = draft.parent();
		this.parent = (base != null) ? hold(base) : null;
	}

	private ConfigDocument hold(Digest base) {
		this.catalog.turn.lock();
		try {
			ConfigDocument config = this.catalog.config(base);
			config.diffIds().forEach((layer) -> this.intake.known(new LayerName(layer.hex(), true)));
			return config;
		}
		finally {
			this.catalog.turn.unlock();
		}
	}

	/** Without a layer of its own. */
	ConfigDocument assemble(List<ImageReference> names) {
		return keep(null, names);
	}

	ConfigDocument assemble(LayerSource source, List<ImageReference> names) throws IOException {
		try (TarFeed feed = new TarFeed(source::writeTo)) {
			ArchivedLayer.Unpacked layer = unpack(feed);
			feed.finish();
			return keep(layer, names);
		}
	}

	/** What was wrong with the source says more than that its archive breaks off. */
	private ArchivedLayer.Unpacked unpack(TarFeed feed) throws IOException {
		try {
			return unpack(feed.stream(), Compression.NONE);
		}
		catch (InvalidImageException ex) {
			feed.abandon();
			throw ex;
		}
	}

	/**
	 * Of an archive in whatever packing.
	 * @throws InvalidImageException if it is none
	 */
	ConfigDocument assemble(InputStream archive, List<ImageReference> names) throws IOException {
		byte[] probe = archive.readNBytes(Compression.PROBE);
		InputStream whole = new SequenceInputStream(new ByteArrayInputStream(probe), archive);
		return keep(unpack(whole, Compression.of(probe)), names);
	}

	private ArchivedLayer.Unpacked unpack(InputStream stored, Compression compression) throws IOException {
		return switch (this.intake.unpack(LAYER, stored, compression, 0)) {
			case ArchivedLayer.Unpacked unpacked -> unpacked;
			case ArchivedLayer.Unusable unusable -> throw new InvalidImageException(unusable.why());
			case ArchivedLayer.Known _ -> throw new IllegalStateException("a layer that was read is not known before");
		};
	}

	private ConfigDocument keep(ArchivedLayer.@Nullable Unpacked unpacked, List<ImageReference> names) {
		ArchivedLayer.Unpacked layer = (unpacked != null && !unpacked.diffId().equals(NOTHING)) ? unpacked : null;
		ConfigDocument config = DraftDocument.of(this.draft, this.parent, (layer != null) ? layer.diffId() : null,
				this.host);
		List<ArchivedLayer> layers = new ArrayList<>();
		if (layer != null) {
			layers.add(layer);
		}
		this.catalog.turn.lock();
		try {
			this.catalog.keep(List.of(new ArchivedImage(config, layers, names, null)), this.intake, (event) -> {
			});
			Digest base = this.draft.parent();
			if (base != null) {
				this.catalog.change((next) -> next.parents.putIfAbsent(config.id(), base));
			}
			return config;
		}
		finally {
			this.catalog.turn.unlock();
		}
	}

	@Override
	public void close() {
		this.intake.close();
	}

}
