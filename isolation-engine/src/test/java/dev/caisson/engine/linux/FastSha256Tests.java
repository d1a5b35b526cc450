package dev.caisson.engine.linux;

import java.security.MessageDigest;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FastSha256Tests {

	@Test
	void agreesWithTheJdkForAnyLengthsAndPieces() throws Exception {
		Random random = new Random(1);
		MessageDigest fast = FastSha256.create();
		for (int length : new int[] { 0, 1, 55, 56, 63, 64, 65, 1000, 65_536, 65_537, 1_000_000 }) {
			byte[] bytes = new byte[length];
			random.nextBytes(bytes);
			int cut = length / 3;
			fast.update(bytes, 0, cut);
			if (cut < length) {
				fast.update(bytes[cut]);
				fast.update(bytes, cut + 1, length - cut - 1);
			}
			assertThat(fast.digest()).as("%d bytes", length)
				.isEqualTo(MessageDigest.getInstance("SHA-256").digest(bytes));
		}
	}

	@Test
	void resetForgetsWhatWasThere() throws Exception {
		MessageDigest fast = FastSha256.create();
		fast.update(new byte[100]);
		fast.reset();
		assertThat(fast.digest()).isEqualTo(MessageDigest.getInstance("SHA-256").digest());
	}

}
