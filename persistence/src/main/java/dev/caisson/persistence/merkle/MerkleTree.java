package dev.caisson.persistence.merkle;

import java.util.ArrayList;
import java.util.List;

/**
 * Roots and proofs of a tree that grows only at its end, as RFC 6962, section 2.1,
 * defines them. A range of leaves is split at the largest power of two below its length,
 * so all left parts are complete subtrees.
 */
public final class MerkleTree {

	private MerkleTree() {
	}

	/** The root over the first {@code size} leaves: MTH of section 2.1. */
	public static Hash root(long size, Subtrees subtrees) {
		return (size == 0) ? Hash.EMPTY : range(0, size, subtrees);
	}

	/**
	 * What proves that a leaf is in a tree: PATH of section 2.1.1, from the leaf upwards.
	 * @throws IllegalArgumentException if the tree has no such leaf
	 */
	public static List<Hash> inclusion(long leaf, long size, Subtrees subtrees) {
		if (leaf < 0 || leaf >= size) {
			throw new IllegalArgumentException("a tree of " + size + " leaves has no leaf " + leaf);
		}
		List<Hash> path = new ArrayList<>();
		long begin = 0;
		long end = size;
		while (end - begin > 1) {
			long middle = begin + split(end - begin);
			if (leaf < middle) {
				path.addFirst(range(middle, end, subtrees));
				end = middle;
			}
			else {
				path.addFirst(range(begin, middle, subtrees));
				begin = middle;
			}
		}
		return path;
	}

	/**
	 * What proves that an older tree is the beginning of a newer one: PROOF of section
	 * 2.1.2.
	 * @throws IllegalArgumentException if the older one is empty or larger
	 */
	public static List<Hash> consistency(long older, long newer, Subtrees subtrees) {
		if (older < 1 || older > newer) {
			throw new IllegalArgumentException(
					"a tree of " + older + " leaves is not the beginning of one of " + newer + ": use 1 to " + newer);
		}
		List<Hash> proof = new ArrayList<>();
		long begin = 0;
		long end = newer;
		while (end != older) {
			long middle = begin + split(end - begin);
			if (older <= middle) {
				proof.addFirst(range(middle, end, subtrees));
				end = middle;
			}
			else {
				proof.addFirst(range(begin, middle, subtrees));
				begin = middle;
			}
		}
		if (begin > 0) {
			// what is left is a subtree of both, which the checker cannot know
			proof.addFirst(range(begin, end, subtrees));
		}
		return proof;
	}

	private static Hash range(long begin, long end, Subtrees subtrees) {
		long length = end - begin;
		if (Long.bitCount(length) == 1) {
			int level = Long.numberOfTrailingZeros(length);
			return subtrees.root(level, begin >> level);
		}
		long middle = begin + split(length);
		return Hash.node(range(begin, middle, subtrees), range(middle, end, subtrees));
	}

	/** The largest power of two that is smaller. */
	private static long split(long length) {
		return Long.highestOneBit(length - 1);
	}

}
