package dev.caisson.platform.build.source;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileTree;

/**
 * The files of an image, read from the directories of its layers as overlayfs would show
 * them, with no mount. The layers never change, and nobody but root reaches them. For the
 * one thread that opened it.
 */
public final class ImageTree implements AutoCloseable {

	/** The highest first. */
	final List<Fd> layers = new ArrayList<>();

	final FileTree files = new FileTree();

	private ImageTree() {
	}

	/** Opens the layers, of which there may be none. */
	public static ImageTree open(List<Path> lowestFirst) {
		ImageTree tree = new ImageTree();
		try {
			for (Path layer : lowestFirst.reversed()) {
				tree.layers.add(Fd.open(layer, Fd.O_PATH | Fd.O_DIRECTORY));
			}
			return tree;
		}
		catch (RuntimeException ex) {
			tree.close();
			throw ex;
		}
	}

	public SourceFile root() {
		return LayeredFile.root(this);
	}

	@Override
	public void close() {
		this.layers.forEach(Fd::close);
		this.files.close();
	}

}
