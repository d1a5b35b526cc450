package dev.caisson.engine.container;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The form of log entries, checked against a JSON parser that is not ours. */
class LogEncoderTests {

	private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901234Z");

	private static final JsonMapper JSON = new JsonMapper();

	@Test
	void entryIsDockersForm() {
		assertThat(encode(1, utf8("hello\n"))).isEqualTo("""
				{"log":"hello\\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}
				""");
		assertThat(encode(2, utf8("a \"b\" \\ <c> & \r\t"))).isEqualTo("""
				{"log":"a \\"b\\" \\\\ \\u003cc\\u003e \\u0026 \\r\\u0009","stream":"stderr",\
				"time":"2026-01-02T03:04:05.678901234Z"}
				""");
	}

	@Test
	void everyCharacterComesBack() {
		StringBuilder all = new StringBuilder();
		for (int character = 0; character < Character.MAX_CODE_POINT; character += (character < 0x3000) ? 1 : 97) {
			if (character < 0xd800 || character > 0xdfff) {
				all.appendCodePoint(character);
			}
			if (all.length() > 3000) {
				JsonNode entry = JSON.readTree(encode(1, utf8(all.toString())));
				assertThat(entry.get("log").asString()).isEqualTo(all.toString());
				assertThat(entry.has("raw")).isFalse();
				all.setLength(0);
			}
		}
	}

	@Test
	void bytesThatAreNotUtf8AreReplacedAsDockerDoesAndKept() {
		byte[][] wrong = { { (byte) 0xff }, { 'a', (byte) 0xc0, (byte) 0x80, 'b' }, { (byte) 0xe2, (byte) 0x82 },
				{ (byte) 0xed, (byte) 0xa0, (byte) 0x80 }, { (byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80 },
				{ (byte) 0x80 }, { (byte) 0xf0, (byte) 0x80, (byte) 0x80, (byte) 0x80 } };
		for (byte[] bytes : wrong) {
			JsonNode entry = JSON.readTree(encode(1, bytes));
			long bad = new String(bytes, StandardCharsets.ISO_8859_1).chars().filter((c) -> c >= 0x80).count();
			assertThat(entry.get("log").asString().chars().filter((c) -> c == 0xfffd)).hasSize((int) bad);
			assertThat(Base64.getDecoder().decode(entry.get("raw").asString())).isEqualTo(bytes);
		}
	}

	@Test
	void longLinesAreSplitAt16KilobytesButNotWithinACharacter() {
		byte[] line = utf8("x".repeat(LogEncoder.LONGEST - 1) + "€uro\n");
		int first = LogEncoder.endOfEntry(line, 0, line.length, false);
		assertThat(first).isEqualTo(LogEncoder.LONGEST - 1);
		assertThat(LogEncoder.endOfEntry(line, first, line.length, false)).isEqualTo(line.length);
		byte[] ascii = utf8("x".repeat(LogEncoder.LONGEST + 5) + "\n");
		assertThat(LogEncoder.endOfEntry(ascii, 0, ascii.length, false)).isEqualTo(LogEncoder.LONGEST);
		byte[] binary = new byte[LogEncoder.LONGEST + 5];
		Arrays.fill(binary, (byte) 0x80);
		assertThat(LogEncoder.endOfEntry(binary, 0, binary.length, false)).isEqualTo(LogEncoder.LONGEST);
	}

	@Test
	void lineWithoutItsEndWaitsUntilNoMoreWillCome() {
		byte[] part = utf8("no end");
		assertThat(LogEncoder.endOfEntry(part, 0, part.length, false)).isEqualTo(-1);
		assertThat(LogEncoder.endOfEntry(part, 0, part.length, true)).isEqualTo(part.length);
		assertThat(LogEncoder.endOfEntry(part, part.length, part.length, true)).isEqualTo(-1);
	}

	private static String encode(int stream, byte[] text) {
		LogEncoder encoder = new LogEncoder(1024);
		encoder.reset(TIME);
		encoder.entry(text, 0, text.length, stream);
		return new String(encoder.bytes(), 0, encoder.length(), StandardCharsets.UTF_8);
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
