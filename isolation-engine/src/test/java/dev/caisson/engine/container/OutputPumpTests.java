package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Output from plain pipes to the log, also past a kill. */
class OutputPumpTests extends PumpFixture {

	@Test
	void linesOfBothStreamsAreLogged() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "one\n");
		write(2, "two\n");
		write(1, "three");
		awaitLogged("two\n");
		write(1, " four\nfive");
		finish();
		assertThat(text(1)).isEqualTo("one\nthree four\nfive");
		assertThat(text(2)).isEqualTo("two\n");
		assertThat(lines()).extracting((line) -> new String(line.text(), StandardCharsets.UTF_8))
			.contains("one\n", "three four\n", "five", "two\n");
	}

	@Test
	void silentStreamsMakeNoFiles() throws Exception {
		begin(LogSettings.DEFAULT);
		finish();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void randomBytesComeBackAsTheyWere() throws Exception {
		byte[] bytes = new byte[3 << 20];
		new Random(7).nextBytes(bytes);
		begin(LogSettings.DEFAULT);
		RecordingSink sink = attach(new RecordingSink());
		write(1, bytes);
		finish();
		assertThat(bytes(1)).isEqualTo(bytes);
		sink.awaitEnd();
		assertThat(sink.bytes(1)).isEqualTo(bytes);
	}

	@Test
	void longLinesAreNeitherLostNorJoined() throws Exception {
		begin(LogSettings.DEFAULT);
		StringBuilder all = new StringBuilder();
		for (int length : new int[] { 0, 1, 16383, 16384, 16385, 32767, 32768, 40000, 300_000, 1 }) {
			all.append("x".repeat(length)).append('\n');
			write(1, "x".repeat(length) + "\n");
		}
		finish();
		assertThat(text(1)).isEqualTo(all.toString());
		assertThat(lines()).allSatisfy((line) -> assertThat(line.text()).hasSizeLessThanOrEqualTo(16384));
	}

	@Test
	void filesAreRotatedAndReadInOrder() throws Exception {
		begin(new LogSettings(10_000, 4));
		String line = "0123456789".repeat(10) + " ";
		for (int i = 0; i < 1000; i++) {
			write(1, line + i + "\n");
		}
		finish();
		String name = this.place.log().getFileName().toString();
		try (var files = Files.list(this.directory)) {
			assertThat(files.map((file) -> file.getFileName().toString()).filter((file) -> file.startsWith(name)))
				.containsExactlyInAnyOrder(name, name + ".1", name + ".2", name + ".3");
		}
		for (int i = 1; i <= 3; i++) {
			assertThat(Files.size(this.directory.resolve(name + "." + i))).isBetween(10_000L, 10_300L);
		}
		List<String> kept = lines().stream().map((each) -> new String(each.text(), StandardCharsets.UTF_8)).toList();
		assertThat(kept).hasSizeGreaterThan(150);
		for (int i = 0; i < kept.size(); i++) {
			assertThat(kept.get(i)).isEqualTo(line + (1000 - kept.size() + i) + "\n");
		}
	}

	@Test
	void onlyFileIsBegunAnewWhenItIsFull() throws Exception {
		begin(new LogSettings(5000, 1));
		for (int i = 0; i < 500; i++) {
			write(1, "line " + i + "\n");
		}
		finish();
		assertThat(Files.size(this.place.log())).isLessThan(5100);
		assertThat(text(1)).endsWith("line 499\n");
	}

	@Test
	void spoolDoesNotKeepWhatAllHaveRead() throws Exception {
		begin(LogSettings.DEFAULT);
		byte[] data = "0123456789abcde\n".repeat(2 << 20).getBytes(StandardCharsets.US_ASCII);
		write(1, data);
		awaitLoggedBytes(data.length);
		Path spool = this.place.spool(1);
		assertThat(Files.size(spool)).isEqualTo(data.length);
		// st_blocks counts units of 512 bytes
		Process stat = new ProcessBuilder("stat", "-c", "%b", spool.toString()).start();
		long blocks = Long.parseLong(new String(stat.getInputStream().readAllBytes()).strip());
		assertThat(blocks * 512).isLessThan(3 << 20);
		finish();
	}

	@Test
	void abandonedStreamsLogWhatThereIs() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "no newline");
		onLoop(this.pump::abandon);
		this.drained.get(5, TimeUnit.SECONDS);
		assertThat(text(1)).isEqualTo("no newline");
	}

	/** Killed between any two of: splice, append to the log, record of the position. */
	@Test
	void restartAfterAKillAtAnyPointLosesAndDoublesNothing() throws Exception {
		StringBuilder expected = new StringBuilder();
		for (int round = 0; round < 30; round++) {
			begin(new LogSettings(4000, 100));
			for (int i = 0; i < 10; i++) {
				String line = "round " + round + " line " + i + " " + "z".repeat((round * 131) % 700) + "\n";
				expected.append(line);
				write(1, line);
			}
			awaitLoggedBytes(expected.length());
			LogPosition.Mark before = LogPosition.read(this.place.logPosition());
			String tail = "tail of " + round + "\n";
			expected.append(tail);
			onLoop(this.pump::letGo);
			dieAt(round % 5, tail, before);
		}
		begin(new LogSettings(4000, 100));
		finish();
		assertThat(text(1)).isEqualTo(expected.toString());
	}

	private void dieAt(int point, String line, LogPosition.Mark mark) throws IOException {
		write(1, line);
		if (point == 0) {
			return; // it is in the pipe
		}
		Spool spool = new Spool(this.place.spool(1));
		assertThat(spool.fill(this.pipes[1][0])).isEqualTo(line.length());
		spool.release();
		switch (point) {
			case 1 -> {
				// it is in the spool
			}
			case 2 -> Files.writeString(this.place.log(), "{\"log\":\"tail of half an en", StandardOpenOption.APPEND);
			case 3 -> Files.writeString(this.place.log(),
					"{\"log\":\"twice\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:05Z\"}\n",
					StandardOpenOption.APPEND);
			default -> rotateHalfway(mark);
		}
	}

	private void rotateHalfway(LogPosition.Mark mark) throws IOException {
		assertThat(mark.logFile()).isEqualTo(Files.getAttribute(this.place.log(), "unix:ino"));
		Path log = this.place.log();
		for (int i = 98; i > 0; i--) {
			Path old = log.resolveSibling(log.getFileName() + "." + i);
			if (Files.exists(old)) {
				Files.move(old, log.resolveSibling(log.getFileName() + "." + (i + 1)));
			}
		}
		Files.move(log, log.resolveSibling(log.getFileName() + ".1"));
		if (mark.logSize() % 2 == 0) {
			Files.writeString(log, "{\"log\":\"of the next file\\n\"");
		}
	}

}
