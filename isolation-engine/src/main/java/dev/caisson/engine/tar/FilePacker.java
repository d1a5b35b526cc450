package dev.caisson.engine.tar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.tar.TarEntry.Extent;

/**
 * Packs the content of one regular file: as many bytes as it had when it was announced,
 * zeros for those that are gone by then; of a file with holes only what is stored, for a
 * container may have one of a terabyte. For one thread.
 */
final class FilePacker {

	private static final int BUFFER = 256 * 1024;

	/** Bytes of a block of stat(2); a file with fewer of them than its size has holes. */
	private static final int BLOCK = 512;

	private final FileTree files;

	private final TarWriter tar;

	private final byte[] buffer = new byte[BUFFER];

	FilePacker(FileTree files, TarWriter tar) {
		this.files = files;
		this.tar = tar;
	}

	void pack(Fd file, TarEntry entry, FileStatus status) throws IOException {
		List<Extent> extents = extents(file, status);
		long stored = (extents != null) ? extents.stream().mapToLong(Extent::length).sum() : status.size();
		this.tar.put(new TarEntry(entry.kind(), entry.name(), "", entry.mode(), entry.uid(), entry.gid(), status.size(),
				stored, entry.modifiedSeconds(), entry.modifiedNanos(), 0, 0, entry.attributes(), extents));
		for (Extent extent : (extents != null) ? extents : List.of(new Extent(0, status.size()))) {
			this.files.seek(file, extent.offset());
			write(file, extent.length());
		}
		this.tar.endFile();
	}

	private void write(Fd file, long length) throws IOException {
		long left = length;
		while (left > 0) {
			int wanted = (int) Math.min(left, BUFFER);
			int count = this.files.read(file, this.buffer, wanted);
			if (count == 0) {
				Arrays.fill(this.buffer, 0, wanted, (byte) 0);
				count = wanted;
			}
			this.tar.write(this.buffer, count);
			left -= count;
		}
	}

	/**
	 * The parts that are stored, or null if all of it is, or if the parts are more than a
	 * reader takes.
	 */
	private static @Nullable List<Extent> extents(Fd file, FileStatus status) {
		if (status.blocks() * BLOCK >= status.size()) {
			return null;
		}
		List<Extent> extents = new ArrayList<>();
		long at = 0;
		while (at < status.size()) {
			long data = file.seek(at, Fd.SEEK_DATA);
			long hole = (data < 0) ? -1 : file.seek(data, Fd.SEEK_HOLE);
			if (data < 0 || hole < 0 || data >= status.size()) {
				break;
			}
			at = Math.min(hole, status.size());
			extents.add(new Extent(data, at - data));
			if (extents.size() > SparseMap.MAX_EXTENTS) {
				return null;
			}
		}
		boolean whole = extents.size() == 1 && extents.getFirst().length() == status.size();
		// without an end GNU tar takes the last byte for the end of the file
		extents.add(new Extent(status.size(), 0));
		return whole ? null : extents;
	}

}
