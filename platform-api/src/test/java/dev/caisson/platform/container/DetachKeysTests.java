package dev.caisson.platform.container;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.caisson.platform.server.BadParameterException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DetachKeysTests {

	@Test
	void whatIsNotTheSequencePasses() {
		DetachKeys keys = DetachKeys.parse(DetachKeys.DEFAULT);
		assertThat(filter(keys, "ls\n")).isEqualTo("ls\n");
		assertThat(filter(keys, "\u0010x")).isEqualTo("\u0010x");
		assertThat(filter(keys, "\u0010\u0010")).isEqualTo("\u0010");
		assertThat(keys.isComplete()).isFalse();
	}

	@Test
	void sequenceIsFoundAcrossReads() {
		DetachKeys keys = DetachKeys.parse(DetachKeys.DEFAULT);
		assertThat(filter(keys, "a\u0010")).isEqualTo("a");
		assertThat(filter(keys, "\u0011b")).isEmpty();
		assertThat(keys.isComplete()).isTrue();
	}

	@Test
	void sequenceMayBeAnyKeys() {
		DetachKeys keys = DetachKeys.parse("a,ctrl-@,ctrl-_");
		assertThat(filter(keys, "xa\u0000\u001f")).isEqualTo("x");
		assertThat(keys.isComplete()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ctrl-", "ctrl-ab", "nokey", "a,", "ctrl-5", "\u00e4" })
	void unknownKeysAreRefused(String text) {
		assertThatExceptionOfType(BadParameterException.class).isThrownBy(() -> DetachKeys.parse(text));
	}

	private static String filter(DetachKeys keys, String typed) {
		ByteBuffer passed = keys.filter(ByteBuffer.wrap(typed.getBytes(StandardCharsets.ISO_8859_1)));
		return StandardCharsets.ISO_8859_1.decode(passed).toString();
	}

}
