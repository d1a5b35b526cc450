package dev.caisson.persistence.audit.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.persistence.merkle.Hash;
import dev.caisson.persistence.merkle.MerkleTree;
import dev.caisson.persistence.merkle.Subtrees;

/**
 * The tree over the records, kept as tiles of 256 hashes (the shape of
 * c2sp.org/tlog-tiles): a tile of level 0 holds the hashes of 256 leaves, one of level n
 * the roots of 256 tiles below. Complete tiles never change and are in the database; the
 * hashes since the last complete tile of each level are here. Safe for use by many
 * threads.
 */
final class AuditTree implements Subtrees {

	static final int WIDTH = 256;

	private static final int BITS = 8;

	private static final int CACHED = 64;

	private final TileSource source;

	private final Map<String, List<Hash>> cache = new LinkedHashMap<>(CACHED, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, List<Hash>> eldest) {
			return size() > CACHED;
		}

	};

	private List<List<Hash>> edges;

	private long size;

	/**
	 * Makes the tree as it was left.
	 * @param edges by level, the hashes since the last complete tile
	 */
	AuditTree(TileSource source, long size, List<List<Hash>> edges) {
		this.source = source;
		this.size = size;
		this.edges = edges;
	}

	/** Where complete tiles are. */
	@FunctionalInterface
	interface TileSource {

		List<Hash> tile(int level, long index);

	}

	/**
	 * A complete tile.
	 *
	 * @param hashes 256 of them
	 * @param root over them
	 */
	record Tile(int level, long index, List<Hash> hashes, Hash root) {
	}

	/** What comes of more leaves, before it is so. */
	record Growth(long size, List<Tile> tiles, List<List<Hash>> edges) {
	}

	synchronized long size() {
		return this.size;
	}

	/** What the tree would be with more leaves. */
	synchronized Growth plan(List<Hash> leaves) {
		List<List<Hash>> grown = new ArrayList<>();
		this.edges.forEach((edge) -> grown.add(new ArrayList<>(edge)));
		List<Tile> tiles = new ArrayList<>();
		long count = this.size;
		for (Hash leaf : leaves) {
			count++;
			add(leaf, count, grown, tiles);
		}
		return new Growth(count, tiles, grown);
	}

	private static void add(Hash leaf, long count, List<List<Hash>> edges, List<Tile> tiles) {
		Hash hash = leaf;
		for (int level = 0;; level++) {
			if (edges.size() == level) {
				edges.add(new ArrayList<>());
			}
			List<Hash> edge = edges.get(level);
			edge.add(hash);
			if (edge.size() < WIDTH) {
				return;
			}
			hash = reduce(edge);
			tiles.add(new Tile(level, (count >> (BITS * (level + 1))) - 1, List.copyOf(edge), hash));
			edge.clear();
		}
	}

	synchronized void apply(Growth growth) {
		this.size = growth.size();
		this.edges = growth.edges();
	}

	Hash root(long size) {
		return MerkleTree.root(size, this);
	}

	@Override
	public synchronized Hash root(int level, long index) {
		int tileLevel = level / BITS;
		int within = level % BITS;
		long first = index << within;
		int offset = (int) (first % WIDTH);
		return reduce(hashes(tileLevel, first / WIDTH).subList(offset, offset + (1 << within)));
	}

	private List<Hash> hashes(int level, long tile) {
		if (tile == this.size >> (BITS * (level + 1))) {
			return this.edges.get(level);
		}
		return this.cache.computeIfAbsent(level + "/" + tile, (_) -> this.source.tile(level, tile));
	}

	/** The root over hashes of a power of two. */
	static Hash reduce(List<Hash> hashes) {
		List<Hash> row = hashes;
		while (row.size() > 1) {
			List<Hash> above = new ArrayList<>(row.size() / 2);
			for (int i = 0; i < row.size(); i += 2) {
				above.add(Hash.node(row.get(i), row.get(i + 1)));
			}
			row = above;
		}
		return row.getFirst();
	}

}
