package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Blobs by digest: {@code sha256/HEX}. A blob is written once and never changed, and its
 * digest is made again whenever it is read. Safe for use by many threads that do not put
 * and remove the same blob at once.
 */
final class ContentStore {

	private static final String PARTIAL = ".partial-";

	private final Path directory;

	private final AtomicLong counter = new AtomicLong();

	private ContentStore(Path directory) {
		this.directory = directory;
	}

	/** Opens the directory of blobs, which it makes if there is none. */
	static ContentStore open(Path path) {
		try {
			Path directory = Files.createDirectories(path.resolve(Digest.SHA256));
			// configurations of images hold environment variables, too: for root alone
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
			return new ContentStore(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Keeps a blob; a no-op if it is there. */
	Digest put(byte[] bytes) throws IOException {
		Digest digest = Digest.ofBytes(bytes);
		Path path = path(digest);
		if (!Files.exists(path)) {
			DurableFile.put(path, bytes);
		}
		return digest;
	}

	/**
	 * An empty blob to be written; ends in {@link #adopt} or {@link PartialBlob#discard}.
	 */
	PartialBlob begin() throws IOException {
		Path path = this.directory.resolve(PARTIAL + this.counter.incrementAndGet());
		return new PartialBlob(path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
	}

	/** Makes a whole and verified blob visible under its digest. */
	void adopt(PartialBlob partial, Digest digest) throws IOException {
		partial.channel().close();
		Files.move(partial.path(), path(digest), StandardCopyOption.ATOMIC_MOVE);
	}

	boolean has(Digest digest) {
		return Files.exists(path(digest));
	}

	/** A blob of whatever size, which is not verified: that is up to the reader. */
	FileChannel open(Digest digest) throws IOException {
		return FileChannel.open(path(digest), StandardOpenOption.READ);
	}

	/**
	 * The blob's bytes.
	 * @throws IOException if it is not there, or not what was put
	 */
	byte[] read(Digest digest) throws IOException {
		byte[] bytes = Files.readAllBytes(path(digest));
		if (!Digest.ofBytes(bytes).equals(digest)) {
			throw new IOException(path(digest) + " was changed: it has another digest now");
		}
		return bytes;
	}

	void remove(Digest digest) throws IOException {
		Files.deleteIfExists(path(digest));
	}

	/** Removes all but these blobs. */
	void retainOnly(Set<Digest> blobs) {
		Set<String> names = blobs.stream().map(Digest::hex).collect(Collectors.toSet());
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.directory)) {
			for (Path file : files) {
				if (!names.contains(file.getFileName().toString())) {
					Files.delete(file);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	long size(Digest digest) throws IOException {
		return Files.size(path(digest));
	}

	boolean isGzip(Digest digest) throws IOException {
		try (InputStream in = Files.newInputStream(path(digest))) {
			return Compression.of(in.readNBytes(Compression.PROBE)) == Compression.GZIP;
		}
	}

	/** Bytes that may still be written. */
	long usableSpace() {
		try {
			return Files.getFileStore(this.directory).getUsableSpace();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path path(Digest digest) {
		return this.directory.resolve(digest.hex());
	}

}
