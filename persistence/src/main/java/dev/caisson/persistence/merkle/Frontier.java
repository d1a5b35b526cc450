package dev.caisson.persistence.merkle;

import java.util.ArrayList;
import java.util.List;

/**
 * The right edge of a growing tree: the roots of its complete subtrees, the largest
 * first. It is all that is needed to add leaves and to know the root. Not thread-safe.
 */
public final class Frontier {

	private final List<Hash> subtrees = new ArrayList<>();

	private long size;

	/** Adds a leaf's hash; two subtrees of one size become one of twice the size. */
	public void add(Hash leaf) {
		Hash merged = leaf;
		for (long bits = this.size; (bits & 1) == 1; bits >>= 1) {
			merged = Hash.node(this.subtrees.removeLast(), merged);
		}
		this.subtrees.add(merged);
		this.size++;
	}

	public long size() {
		return this.size;
	}

	public Hash root() {
		if (this.size == 0) {
			return Hash.EMPTY;
		}
		Hash root = this.subtrees.getLast();
		for (int i = this.subtrees.size() - 2; i >= 0; i--) {
			root = Hash.node(this.subtrees.get(i), root);
		}
		return root;
	}

}
