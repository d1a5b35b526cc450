package dev.caisson.persistence.merkle;

/** Where the hashes of complete subtrees come from. */
@FunctionalInterface
public interface Subtrees {

	/**
	 * The root of the {@code index}-th subtree of {@code 2^level} leaves; level 0 is the
	 * leaves themselves.
	 */
	Hash root(int level, long index);

}
