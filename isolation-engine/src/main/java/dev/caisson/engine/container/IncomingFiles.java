package dev.caisson.engine.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.rootfs.ResolvedUser;
import dev.caisson.engine.rootfs.RootView;
import dev.caisson.engine.tar.KernelFiles;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarReader;
import dev.caisson.engine.tar.TreeUnpacker;
import dev.caisson.engine.tar.UnpackOptions;
import org.jspecify.annotations.Nullable;

/** Unpacks an archive into a directory of a container. */
final class IncomingFiles {

	/** Of one entry's extended header. */
	private static final int MOST_HEADER_BYTES = 1 << 20;

	private IncomingFiles() {
	}

	static void unpack(RootView view, String path, InputStream archive, boolean keepKinds, String user)
			throws IOException {
		String clean = InsidePath.clean(path);
		try (Fd directory = InsidePath.directory(view, clean, path)) {
			checkWritable(view, directory, path);
		}
		UnpackOptions options = new UnpackOptions(keepKinds, owner(view, user));
		byte[] destination = view.follow(clean).getBytes(StandardCharsets.UTF_8);
		try (TreeUnpacker unpacker = new TreeUnpacker(view.root(), TarEntry.text(destination), options)) {
			TarReader tar = new TarReader(archive, MOST_HEADER_BYTES);
			unpacker.unpack(tar);
			tar.drain();
		}
	}

	private static UnpackOptions.@Nullable Owner owner(RootView view, String user) {
		if (user.isEmpty()) {
			return null;
		}
		ResolvedUser resolved = view.resolve(user);
		return new UnpackOptions.Owner(resolved.uid(), resolved.gid());
	}

	private static void checkWritable(RootView view, Fd directory, String path) {
		if (!KernelFiles.isReadOnly(directory)) {
			return;
		}
		try (FileTree files = new FileTree()) {
			FileStatus own = files.status(view.root(), new byte[0]);
			FileStatus there = files.status(directory, new byte[0]);
			boolean root = own != null && there != null && own.device() == there.device();
			throw new FileRefusedException(
					root ? FileRefusedException.Reason.ROOT_READ_ONLY : FileRefusedException.Reason.VOLUME_READ_ONLY,
					path);
		}
	}

}
