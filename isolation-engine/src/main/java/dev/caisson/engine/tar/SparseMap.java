package dev.caisson.engine.tar;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.tar.TarEntry.Extent;

/** Makes the list of a sparse file's extents, checked, from the numbers in an archive. */
final class SparseMap {

	/** Each costs the kernel an extent too. */
	static final int MAX_EXTENTS = 100_000;

	private final List<Extent> extents = new ArrayList<>();

	void add(long offset, long length) {
		if (this.extents.size() >= MAX_EXTENTS) {
			throw new InvalidTarException("tar: a sparse file with more than " + MAX_EXTENTS + " parts");
		}
		this.extents.add(new Extent(offset, length));
	}

	/** From offsets and lengths in turn. */
	static SparseMap of(List<Long> numbers) {
		if (numbers.size() % 2 != 0) {
			throw malformed();
		}
		SparseMap map = new SparseMap();
		for (int i = 0; i < numbers.size(); i += 2) {
			map.add(numbers.get(i), numbers.get(i + 1));
		}
		return map;
	}

	/**
	 * The extents: in order, apart from each other, inside the file, and as many bytes as
	 * the archive has.
	 */
	List<Extent> checked(long size, long stored) {
		long end = 0;
		long sum = 0;
		for (Extent extent : this.extents) {
			if (extent.offset() < end || extent.length() < 0 || extent.offset() > size
					|| extent.length() > size - extent.offset()) {
				throw malformed();
			}
			end = extent.offset() + extent.length();
			sum += extent.length();
		}
		if (sum != stored) {
			throw malformed();
		}
		return List.copyOf(this.extents);
	}

	private static InvalidTarException malformed() {
		return new InvalidTarException("tar: malformed map of a sparse file");
	}

}
