package dev.caisson.persistence.merkle;

import java.util.List;

/** Checks of proofs, as RFC 9162, sections 2.1.3.2 and 2.1.4.2, spell them out. */
public final class Proofs {

	private Proofs() {
	}

	/** Whether a proof shows that the leaf is in the tree with that root. */
	public static boolean includes(Hash leaf, long index, long size, List<Hash> proof, Hash root) {
		if (index < 0 || index >= size) {
			return false;
		}
		long node = index;
		long last = size - 1;
		Hash hash = leaf;
		for (Hash sibling : proof) {
			if (last == 0) {
				return false;
			}
			if ((node & 1) == 1 || node == last) {
				hash = Hash.node(sibling, hash);
				int lift = ((node & 1) == 1) ? 0 : Long.numberOfTrailingZeros(node);
				node >>= lift;
				last >>= lift;
			}
			else {
				hash = Hash.node(hash, sibling);
			}
			node >>= 1;
			last >>= 1;
		}
		return last == 0 && hash.equals(root);
	}

	/** Whether a proof shows that the older tree is the beginning of the newer one. */
	public static boolean consistent(long older, Hash olderRoot, long newer, Hash newerRoot, List<Hash> proof) {
		if (older < 1 || older > newer) {
			return false;
		}
		if (older == newer) {
			return proof.isEmpty() && olderRoot.equals(newerRoot);
		}
		boolean complete = Long.bitCount(older) == 1;
		if (proof.isEmpty() && !complete) {
			return false;
		}
		int lift = Long.numberOfTrailingZeros(older);
		Climb climb = new Climb((older - 1) >> lift, (newer - 1) >> lift, complete ? olderRoot : proof.getFirst());
		for (Hash sibling : complete ? proof : proof.subList(1, proof.size())) {
			if (!climb.step(sibling)) {
				return false;
			}
		}
		return climb.last == 0 && climb.older.equals(olderRoot) && climb.newer.equals(newerRoot);
	}

	/** The way up both trees at once. */
	private static final class Climb {

		private long node;

		private long last;

		private Hash older;

		private Hash newer;

		Climb(long node, long last, Hash start) {
			this.node = node;
			this.last = last;
			this.older = start;
			this.newer = start;
		}

		boolean step(Hash sibling) {
			if (this.last == 0) {
				return false;
			}
			if ((this.node & 1) == 1 || this.node == this.last) {
				this.older = Hash.node(sibling, this.older);
				this.newer = Hash.node(sibling, this.newer);
				int lift = ((this.node & 1) == 1 || this.node == 0) ? 0 : Long.numberOfTrailingZeros(this.node);
				this.node >>= lift;
				this.last >>= lift;
			}
			else {
				this.newer = Hash.node(this.newer, sibling);
			}
			this.node >>= 1;
			this.last >>= 1;
			return true;
		}

	}

}
