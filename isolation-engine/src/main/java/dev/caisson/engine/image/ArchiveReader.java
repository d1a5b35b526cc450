package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;

import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarReader;
import dev.caisson.engine.tar.TarHeader;
import dev.caisson.engine.tar.InvalidTarException;

/**
 * Reads an archive of images once, from its first byte to its last. Which members are
 * layers stands in a document that often comes last, so whatever looks like a layer is
 * unpacked when it comes by; what no image turns out to want is thrown away again.
 */
final class ArchiveReader {

	/** As containerd has it for manifests and configurations. */
	private static final int MAX_DOCUMENT = 8 << 20;

	private static final long MAX_DOCUMENTS = 64 << 20;

	private static final int MAX_MEMBERS = 100_000;

	private final LayerIntake layers;

	private final UnpackLimits limits;

	private final ArchiveContents contents = new ArchiveContents();

	private long documentBytes;

	ArchiveReader(LayerIntake layers, UnpackLimits limits) {
		this.layers = layers;
		this.limits = limits;
	}

	ArchiveContents read(ArchiveStream in) throws IOException {
		try (InputStream unpacked = Compression.unpackAny(in)) {
			TarReader tar = new TarReader(unpacked, this.limits.headerBytes());
			TarEntry member;
			int members = 0;
			while ((member = tar.next()) != null) {
				if (++members > MAX_MEMBERS) {
					throw new InvalidImageException("archive: more than " + MAX_MEMBERS + " members");
				}
				take(member, tar);
			}
			tar.drain();
			return this.contents;
		}
		catch (InvalidTarException ex) {
			throw new InvalidImageException(String.valueOf(ex.getMessage()), ex);
		}
		catch (IOException ex) {
			// a corrupt archive and a client that went away both arrive as this
			if (in.hasFailed()) {
				throw ex;
			}
			throw new InvalidImageException("archive: " + ex.getMessage(), ex);
		}
	}

	private void take(TarEntry member, TarReader tar) throws IOException {
		String name = ArchiveContents.normalize(member.name());
		switch (member.kind()) {
			case FILE -> takeFile(name, member, tar);
			case SYMBOLIC_LINK -> this.contents.addLink(name, ArchiveContents.resolve(name, member.linkName()));
			case HARD_LINK -> this.contents.addLink(name, ArchiveContents.normalize(member.linkName()));
			case DIRECTORY, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {
			}
		}
	}

	private void takeFile(String name, TarEntry member, TarReader tar) throws IOException {
		LayerName layerName = LayerName.of(name);
		ArchivedLayer known = (layerName != null) ? this.layers.known(layerName) : null;
		if (known != null) {
			this.contents.add(name, known);
			return;
		}
		byte[] probe = new byte[(int) Math.min(Compression.PROBE, member.stored())];
		MemberStream content = new MemberStream(tar, new byte[0]);
		content.readNBytes(probe, 0, probe.length);
		content = new MemberStream(tar, probe);
		Compression compression = Compression.of(probe);
		if (compression != Compression.NONE || isTar(probe)) {
			this.contents.add(name, this.layers.unpack(name, content, compression, member.stored()));
		}
		else if (isDocument(probe) && member.stored() <= MAX_DOCUMENT) {
			takeDocument(name, content, member.stored());
		}
		else {
			this.contents.add(name, new ArchivedLayer.Unusable(
					"archive: " + TarEntry.show(name) + " is neither a tar archive nor one packed by gzip or zstd"));
		}
	}

	private void takeDocument(String name, InputStream content, long size) throws IOException {
		this.documentBytes += size;
		if (this.documentBytes > MAX_DOCUMENTS) {
			throw new InvalidImageException("archive: documents of more than " + MAX_DOCUMENTS + " bytes");
		}
		this.contents.add(name, content.readNBytes((int) size));
	}

	/** A header, or a block of zeros, or nothing: the last two are empty archives. */
	private static boolean isTar(byte[] probe) {
		if (probe.length < TarHeader.SIZE) {
			return probe.length == 0;
		}
		TarHeader header = new TarHeader(probe, 0);
		return header.isZero() || header.isValid();
	}

	private static boolean isDocument(byte[] probe) {
		for (byte b : probe) {
			if (b == '{' || b == '[') {
				return true;
			}
			if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
				return false;
			}
		}
		return false;
	}

}
