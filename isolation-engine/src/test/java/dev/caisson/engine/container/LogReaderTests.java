package dev.caisson.engine.container;

import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The log, read while it is written. */
class LogReaderTests extends PumpFixture {

	@Test
	void tailCountsLinesFromBehindAcrossFiles() throws Exception {
		begin(new LogSettings(2000, 5));
		for (int i = 0; i < 60; i++) {
			write((i % 2) + 1, "line " + i + "\n");
			awaitLogged("line " + i + "\n");
		}
		finish();
		assertThat(read(new LogQuery(true, true, null, null, 3, false))).isEqualTo("line 57\nline 58\nline 59\n");
		assertThat(read(new LogQuery(true, false, null, null, 2, false))).isEqualTo("line 56\nline 58\n");
		assertThat(read(new LogQuery(true, true, null, null, 0, false))).isEmpty();
		assertThat(read(new LogQuery(true, true, null, null, 45, false)).lines()).hasSize(45);
		assertThat(read(new LogQuery(true, true, null, null, 10_000, false))).isEqualTo(read(ALL));
	}

	@Test
	void tailTakesLongLinesWhole() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "first\n" + "y".repeat(50_000) + "\nlast");
		finish();
		assertThat(read(new LogQuery(true, true, null, null, 2, false))).isEqualTo("y".repeat(50_000) + "\nlast");
	}

	@Test
	void sinceAndUntilBoundTheTime() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "early\n");
		awaitLogged("early\n");
		Thread.sleep(5);
		Instant middle = Instant.now();
		Thread.sleep(5);
		write(1, "late\n");
		finish();
		assertThat(read(new LogQuery(true, true, middle, null, -1, false))).isEqualTo("late\n");
		assertThat(read(new LogQuery(true, true, null, middle, -1, false))).isEqualTo("early\n");
		assertThat(read(new LogQuery(true, true, null, middle, 1, false))).isEqualTo("early\n");
	}

	@Test
	void followersReadOnWhileFilesAreRotated() throws Exception {
		begin(new LogSettings(3000, 3));
		CompletableFuture<String> all = new CompletableFuture<>();
		CompletableFuture<String> fromNow = new CompletableFuture<>();
		follow(-1, all);
		write(1, "before\n");
		awaitLogged("before\n");
		follow(0, fromNow);
		Thread.sleep(200);
		StringBuilder expected = new StringBuilder();
		for (int i = 0; i < 300; i++) {
			expected.append("line ").append(i).append('\n');
			write(1, "line " + i + "\n");
			// slow enough for a follower not to be overtaken by the oldest file's removal
			Thread.sleep(2);
		}
		finish();
		assertThat(fromNow.get(10, TimeUnit.SECONDS)).isEqualTo(expected.toString());
		assertThat(all.get(10, TimeUnit.SECONDS)).isEqualTo("before\n" + expected);
	}

	@Test
	void followWithUntilEndsInTime() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "now\n");
		awaitLogged("now\n");
		long begin = System.nanoTime();
		assertThat(read(new LogQuery(true, true, null, Instant.now().plusMillis(200), -1, true))).isEqualTo("now\n");
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(150),
				Duration.ofSeconds(5));
	}

	@Test
	void damagedEntriesArePassedOver() throws Exception {
		Files.writeString(this.place.log(), """
				{"log":"good\\n","stream":"stdout","attrs":{"a":"b"},"time":"2026-01-02T03:04:05Z"}
				\0\0\0\0
				{"log":"half""");
		begin(LogSettings.DEFAULT);
		write(1, "new\n");
		finish();
		assertThat(text(1)).isEqualTo("good\nnew\n");
	}

}
