package dev.caisson.web.frame;

import java.time.Instant;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Numbers as they are shown. */
class QuantityTests {

	@Test
	void bytesAreShownInTheLargestFittingUnit() {
		assertThat(Stream.of(0L, 512L, 6L << 20, 1_500_000_000L, 3L << 40).map(Quantity::bytes)).containsExactly("0 B",
				"512 B", "6 MiB", "1.4 GiB", "3 TiB");
		assertThat(Quantity.limit(0)).isEqualTo("none");
	}

	@Test
	void barsShowATraceOfWhatIsNotNothingAndNoMoreThanAll() {
		assertThat(Quantity.share(0, 100)).isEqualTo("0.0%");
		assertThat(Quantity.share(1, 10_000)).isEqualTo("1.0%");
		assertThat(Quantity.share(50, 100)).isEqualTo("50.0%");
		assertThat(Quantity.share(500, 100)).isEqualTo("100.0%");
		assertThat(Quantity.share(5, 0)).isEqualTo("0.0%");
		assertThat(Quantity.share(-1, 100)).isEqualTo("0.0%");
	}

	@Test
	void aLittleOfAProcessorIsNotNothing() {
		assertThat(Stream.of(0.0, 1e6, 5e8, 2e9).map(Quantity::cpus)).containsExactly("0", "<0.01", "0.5", "2");
	}

	@Test
	void timesHaveTheUnitThatFits() {
		assertThat(Stream.of(900L, 410_000L, 4_100_000L, 2_000_000_000L).map(Quantity::time)).containsExactly("0.9 µs",
				"0.41 ms", "4.10 ms", "2.00 s");
		Instant now = Instant.ofEpochSecond(1_000_000);
		assertThat(Quantity.ago(now.minusSeconds(125), now)).isEqualTo("2 min ago");
		assertThat(Quantity.ago(now.plusSeconds(5), now)).isEqualTo("0 s ago");
	}

}
