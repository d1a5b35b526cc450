package dev.caisson.engine.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import org.jspecify.annotations.Nullable;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.tar.TarEntry;

/**
 * A layer's archive as {@link RecipeWriter} has written down how to make it. Files are
 * found beneath the layer's root only. For one thread.
 */
final class RecipeStream extends InputStream {

	private static final int RESOLVE = Fd.RESOLVE_IN_ROOT | Fd.RESOLVE_NO_MAGICLINKS | Fd.RESOLVE_NO_XDEV;

	private final DataInputStream recipe;

	private final FileTree files = new FileTree();

	private final Fd root;

	/** Bytes of the current part that are still to come. */
	private long left;

	/** The file that they come out of, or null if they are in the recipe. */
	private @Nullable Fd file;

	private @Nullable Fd directory;

	private String directoryPath = "";

	private boolean ended;

	RecipeStream(FileChannel recipe, Path layer) throws IOException {
		this.recipe = new DataInputStream(
				new BufferedInputStream(new ZstdInputStreamNoFinalizer(Channels.newInputStream(recipe))));
		this.root = Fd.open(layer, Fd.O_RDONLY | Fd.O_DIRECTORY);
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (length == 0) {
			return 0;
		}
		try {
			while (this.left == 0) {
				if (this.ended) {
					return -1;
				}
				nextPart();
			}
			int wanted = (int) Math.min(length, this.left);
			int count = (this.file != null) ? readFile(this.file, bytes, offset, wanted)
					: this.recipe.read(bytes, offset, wanted);
			if (count <= 0) {
				throw new EOFException("a file of the layer is shorter than it was");
			}
			this.left -= count;
			return count;
		}
		catch (LinuxException ex) {
			throw new IOException("the layer was changed on disk: " + ex.getMessage(), ex);
		}
	}

	private int readFile(Fd from, byte[] bytes, int offset, int length) {
		if (offset == 0) {
			return this.files.read(from, bytes, length);
		}
		byte[] part = new byte[length];
		int count = this.files.read(from, part, length);
		System.arraycopy(part, 0, bytes, offset, count);
		return count;
	}

	private void nextPart() throws IOException {
		closeFile();
		switch (this.recipe.readUnsignedByte()) {
			case RecipeWriter.BYTES -> this.left = this.recipe.readInt();
			case RecipeWriter.CONTENT -> {
				openFile(text(), text());
				this.files.seek(this.file, this.recipe.readLong());
				this.left = this.recipe.readLong();
			}
			case RecipeWriter.END -> this.ended = true;
			default -> throw new IOException("malformed recipe of a layer");
		}
	}

	private String text() throws IOException {
		return new String(this.recipe.readNBytes(this.recipe.readUnsignedShort()), StandardCharsets.ISO_8859_1);
	}

	/** Something else than a file there must not be opened: a FIFO would wait. */
	private void openFile(String parent, String name) {
		try (Fd place = this.files.place(directory(parent), TarEntry.bytes(name))) {
			var status = this.files.status(place, new byte[0]);
			if (status == null || !status.isFile()) {
				throw new InvalidImageException("layer: " + TarEntry.show(name) + " is no file any more");
			}
			this.file = this.files.open(place, Fd.O_RDONLY);
		}
	}

	private Fd directory(String path) {
		if (path.isEmpty()) {
			return this.root;
		}
		if (this.directory == null || !this.directoryPath.equals(path)) {
			closeDirectory();
			this.directory = this.files.directory(this.root, TarEntry.bytes(path), RESOLVE);
			this.directoryPath = path;
		}
		return this.directory;
	}

	private void closeFile() {
		if (this.file != null) {
			this.file.close();
			this.file = null;
		}
	}

	private void closeDirectory() {
		if (this.directory != null) {
			this.directory.close();
			this.directory = null;
		}
	}

	@Override
	public void close() throws IOException {
		closeFile();
		closeDirectory();
		this.root.close();
		this.files.close();
		this.recipe.close();
	}

}
