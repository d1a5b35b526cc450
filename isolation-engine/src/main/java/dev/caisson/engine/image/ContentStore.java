package dev.caisson.engine.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Blobs by digest: {@code sha256/HEX}. A blob is written once and never changed, and its
 * digest is made again whenever it is read. Safe for use by many threads that do not put
 * and remove the same blob at once.
 */
final class ContentStore {

	private final Path directory;

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

	private Path path(Digest digest) {
		return this.directory.resolve(digest.hex());
	}

}
