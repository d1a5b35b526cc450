package dev.caisson.persistence.merkle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MerkleTreeTests {

	/** The leaves and roots by which implementations of RFC 6962 are compared. */
	private static final List<Hash> KNOWN = Stream
		.of("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
		.map((hex) -> Hash.leaf(HexFormat.of().parseHex(hex)))
		.toList();

	private static final List<String> ROOTS = List.of(
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
			"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
			"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
			"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
			"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
			"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

	private static final List<Hash> MANY = IntStream.range(0, 70)
		.mapToObj((i) -> Hash.leaf(("leaf " + i).getBytes(StandardCharsets.UTF_8)))
		.toList();

	@Test
	void rootsAreTheKnownOnes() {
		Frontier frontier = new Frontier();
		for (int size = 0; size <= KNOWN.size(); size++) {
			assertThat(MerkleTree.root(size, in(KNOWN)).hex()).isEqualTo(ROOTS.get(size));
			assertThat(frontier.root().hex()).isEqualTo(ROOTS.get(size));
			if (size < KNOWN.size()) {
				frontier.add(KNOWN.get(size));
			}
		}
		assertThat(frontier.size()).isEqualTo(8);
	}

	@Test
	void inclusionProofIsTheKnownOne() {
		assertThat(MerkleTree.inclusion(5, 8, in(KNOWN))).extracting(Hash::hex)
			.containsExactly("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
					"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
					"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
	}

	@Test
	void everyLeafOfEveryTreeIsProvedAndNoOtherIs() {
		for (int size = 1; size <= MANY.size(); size++) {
			Hash root = MerkleTree.root(size, in(MANY));
			for (int leaf = 0; leaf < size; leaf++) {
				List<Hash> proof = MerkleTree.inclusion(leaf, size, in(MANY));
				assertThat(Proofs.includes(MANY.get(leaf), leaf, size, proof, root)).isTrue();
				assertThat(Proofs.includes(KNOWN.getFirst(), leaf, size, proof, root)).isFalse();
				assertThat(Proofs.includes(MANY.get(leaf), (leaf + 1) % size, size, proof, root)).isEqualTo(size == 1);
				assertThat(Proofs.includes(MANY.get(leaf), leaf, size, with(proof, root), root)).isFalse();
			}
		}
	}

	@Test
	void everyTreeIsTheBeginningOfEveryLaterOneAndOfNoOther() {
		for (int newer = 1; newer <= MANY.size(); newer++) {
			Hash newerRoot = MerkleTree.root(newer, in(MANY));
			for (int older = 1; older <= newer; older++) {
				Hash olderRoot = MerkleTree.root(older, in(MANY));
				List<Hash> proof = MerkleTree.consistency(older, newer, in(MANY));
				assertThat(Proofs.consistent(older, olderRoot, newer, newerRoot, proof)).isTrue();
				assertThat(Proofs.consistent(older, KNOWN.getFirst(), newer, newerRoot, proof)).isFalse();
				assertThat(Proofs.consistent(older, olderRoot, newer, KNOWN.getFirst(), proof)).isFalse();
				assertThat(Proofs.consistent(older, olderRoot, newer, newerRoot, with(proof, olderRoot))).isFalse();
			}
		}
	}

	@Test
	void whatCannotBeProvedIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> MerkleTree.inclusion(8, 8, in(KNOWN)));
		assertThatIllegalArgumentException().isThrownBy(() -> MerkleTree.consistency(0, 8, in(KNOWN)));
		assertThatIllegalArgumentException().isThrownBy(() -> MerkleTree.consistency(9, 8, in(KNOWN)));
		assertThat(Proofs.includes(KNOWN.getFirst(), -1, 8, List.of(), KNOWN.getFirst())).isFalse();
		assertThat(Proofs.consistent(9, Hash.EMPTY, 8, Hash.EMPTY, List.of())).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> Hash.parse("00"));
	}

	private static List<Hash> with(List<Hash> proof, Hash more) {
		List<Hash> longer = new ArrayList<>(proof);
		longer.add(more);
		return longer;
	}

	private static Subtrees in(List<Hash> leaves) {
		return new Subtrees() {

			@Override
			public Hash root(int level, long index) {
				return (level == 0) ? leaves.get((int) index)
						: Hash.node(root(level - 1, index * 2), root(level - 1, index * 2 + 1));
			}

		};
	}

}
