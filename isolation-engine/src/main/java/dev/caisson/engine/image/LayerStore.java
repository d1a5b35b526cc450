package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/**
 * The unpacked layers, each in a directory named by the digest of its uncompressed
 * archive, whatever images it is part of. A directory has that name only when it is whole
 * and verified: it is filled under another one and renamed. Safe for use by many threads.
 */
final class LayerStore implements AutoCloseable {

	private static final String PARTIAL = ".partial-";

	private static final String REMOVED = ".removed-";

	/** Overlayfs wants at least one lower layer, which an image need not have. */
	private static final String EMPTY = ".empty";

	private static final int MODE = 0755;

	private final Path path;

	private final Fd directory;

	/** How each layer's archive is made again from its files, by the same digests. */
	private final ContentStore recipes;

	private final Housekeeping housekeeping;

	/** Not the same names as before a restart, whose remains may still be there. */
	private final AtomicLong counter = new AtomicLong(System.currentTimeMillis());

	private LayerStore(Path path, Fd directory, ContentStore recipes, Housekeeping housekeeping) {
		this.path = path;
		this.directory = directory;
		this.recipes = recipes;
		this.housekeeping = housekeeping;
	}

	/** Opens the layers' directory, which it makes if there is none. */
	static LayerStore open(Path path, Housekeeping housekeeping) {
		try {
			Files.createDirectories(path);
			// layers have set-id programs and devices in them: nobody but root gets there
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		LayerStore store = new LayerStore(path, Fd.open(path, Fd.O_RDONLY | Fd.O_DIRECTORY),
				ContentStore.open(path.resolveSibling("recipes")), housekeeping);
		try (FileTree files = new FileTree()) {
			long made = files.tryMakeDirectory(store.directory, bytes(EMPTY), MODE);
			if (made != -Errno.EEXIST.number()) {
				FileTree.check("make directory", bytes(EMPTY), made);
			}
		}
		return store;
	}

	/** Removes all but these layers: what a crash left half done, and what nobody has. */
	void retainOnly(Set<Digest> layers) {
		this.recipes.retainOnly(layers);
		Set<String> names = layers.stream().map(Digest::hex).collect(Collectors.toSet());
		try (FileTree files = new FileTree(); Fd listing = files.directoryForReading(this.directory, bytes("."))) {
			for (FileTree.Entry entry : files.list(listing)) {
				String name = new String(entry.name(), StandardCharsets.ISO_8859_1);
				if (!name.equals(EMPTY) && !names.contains(name)) {
					// out of the way at once: a load may bring this layer before it is
					// deleted
					withdraw(files, entry.name());
				}
			}
		}
	}

	ContentStore recipes() {
		return this.recipes;
	}

	/**
	 * The layer's archive, made again from its files. It fails at its end if that is not
	 * what its digest says: the layer was changed on disk.
	 * @throws IOException if it cannot be made
	 */
	InputStream archive(Digest diffId) throws IOException {
		return new VerifiedArchive(new RecipeStream(this.recipes.open(diffId), path(diffId)), diffId);
	}

	/** Whether the layer's archive, made again, has the layer's digest. */
	private boolean isWhole(Digest diffId) {
		try (InputStream archive = archive(diffId)) {
			archive.transferTo(OutputStream.nullOutputStream());
			return true;
		}
		catch (IOException | InvalidImageException ex) {
			return false;
		}
	}

	/** By which a change of the layer's files shows. */
	Seal seal(Digest diffId) {
		return new Seal(seal(diffId, false), seal(diffId, true));
	}

	/** Whether nothing was changed, not even to and fro. */
	boolean holds(Seal seal, Digest diffId) {
		return seal.quick().equals(seal(diffId, false));
	}

	/** Whether the layer is what it was, although its seal is broken. */
	boolean isUnchanged(Seal seal, Digest diffId) {
		return seal.thorough().equals(seal(diffId, true)) && isWhole(diffId);
	}

	private String seal(Digest diffId, boolean thorough) {
		try (LayerSeal seal = new LayerSeal(thorough)) {
			return seal.of(this.directory, bytes(diffId.hex())).hex();
		}
	}

	boolean has(Digest diffId) {
		try (FileTree files = new FileTree()) {
			return files.status(this.directory, bytes(diffId.hex())) != null;
		}
	}

	Path path(Digest diffId) {
		return this.path.resolve(diffId.hex());
	}

	Path emptyLayer() {
		return this.path.resolve(EMPTY);
	}

	/** An empty directory for a layer; ends in {@link #adopt} or {@link #discard}. */
	PartialLayer begin() {
		String name = PARTIAL + this.counter.incrementAndGet();
		try (FileTree files = new FileTree()) {
			FileTree.check("make directory", bytes(name), files.tryMakeDirectory(this.directory, bytes(name), MODE));
			return new PartialLayer(name, files.directory(this.directory, bytes(name), Fd.RESOLVE_BENEATH));
		}
	}

	/** Makes a whole and verified layer visible under its digest. */
	void adopt(PartialLayer partial, Digest diffId) {
		partial.root().close();
		try (FileTree files = new FileTree()) {
			long renamed = files.tryRename(this.directory, bytes(partial.name()), bytes(diffId.hex()));
			if (renamed == -Errno.EEXIST.number()) {
				// another load was faster with the same layer
				withdraw(files, bytes(partial.name()));
				return;
			}
			FileTree.check("rename", bytes(partial.name()), renamed);
		}
	}

	void discard(PartialLayer partial) {
		partial.root().close();
		try (FileTree files = new FileTree()) {
			withdraw(files, bytes(partial.name()));
		}
	}

	/** Takes a layer out of the store at once; its files are deleted later. */
	void remove(Digest diffId) throws IOException {
		this.recipes.remove(diffId);
		try (FileTree files = new FileTree()) {
			withdraw(files, bytes(diffId.hex()));
		}
	}

	private void withdraw(FileTree files, byte[] name) {
		byte[] removed = bytes(REMOVED + this.counter.incrementAndGet());
		long renamed = files.tryRename(this.directory, name, removed);
		if (renamed == -Errno.ENOENT.number()) {
			return;
		}
		FileTree.check("rename", name, renamed);
		this.housekeeping.later("delete a layer", () -> {
			try (FileTree own = new FileTree()) {
				own.removeAll(this.directory, removed);
			}
		});
	}

	/** Brings the whole file system of the store to disk. See syncfs(2). */
	void sync() {
		Linux.call(SystemCall.SYNCFS, this.path.toString(), this.directory.number());
	}

	private static byte[] bytes(String name) {
		return name.getBytes(StandardCharsets.US_ASCII);
	}

	/** To be called when nobody works in the directory any more. */
	@Override
	public void close() {
		this.directory.close();
	}

	/**
	 * What a layer's files looked like.
	 *
	 * @param quick hex digits of the digest that moves with every change, or empty
	 * @param thorough hex digits of the digest that a copy has as well
	 */
	record Seal(String quick, String thorough) {

		static final Seal NONE = new Seal("", "");

	}

}
