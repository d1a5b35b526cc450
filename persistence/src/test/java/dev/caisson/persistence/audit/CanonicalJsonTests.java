package dev.caisson.persistence.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.caisson.persistence.audit.AuditEntry.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CanonicalJsonTests {

	@Test
	void membersAreSortedAndOnlyWhatMustBeIsEscaped() {
		// the strings of RFC 8785, section 3.2.2
		Map<String, Object> value = Map.of("string", "\u20ac$\u000f\nA'B\"\\\\\"/", "literals",
				java.util.Arrays.asList(null, true, false), "\u20ac", 1, "\r", Long.MIN_VALUE, "\ud83d\ude00",
				List.of(), "\ufb33", Map.of());
		assertThat(CanonicalJson.write(value)).isEqualTo("{\"\\r\":-9223372036854775808,\"literals\":[null,true,false],"
				+ "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\",\"\u20ac\":1,\"\ud83d\ude00\":[],\"\ufb33\":{}}");
	}

	@Test
	void halfOfACharacterIsReplaced() {
		String text = CanonicalJson.write(List.of("a\ud83db", "\ude00", "\ud83d"));
		assertThat(text).isEqualTo("[\"a\ufffdb\",\"\ufffd\",\"\ufffd\"]");
		assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)).isEqualTo(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " {}", "{} ", "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":1}", "[01]", "[1.0]", "[-0]",
			"[\"\\u0041\"]", "[\"\\/\"]", "\"\n\"", "[1", "[1,]", "{\"a\"}", "truth", "\"\\u00", "-",
			"99999999999999999999" })
	void anyOtherFormIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.read(text));
	}

	@Test
	void nestingBeyondReasonIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.read("[".repeat(100_000)));
	}

	@Test
	void recordIsTheSameWhenItWasWrittenAndRead() {
		AuditRecord record = new AuditRecord(7, Instant.parse("2026-03-04T05:06:07Z"),
				new AuditEntry(Kind.OUTCOME, "r1", new Actor("root", Map.of("uid", 0L)), "unix", "POST /x", "t",
						AuditEntry.DENIED, Map.of("a", List.of("b"))));
		assertThat(record.text()).isEqualTo("{\"action\":\"POST /x\",\"actor\":{\"name\":\"root\",\"uid\":0},"
				+ "\"details\":{\"a\":[\"b\"]},\"kind\":\"outcome\",\"outcome\":\"denied\",\"request\":\"r1\",\"seq\":7,"
				+ "\"source\":\"unix\",\"target\":\"t\",\"time\":\"2026-03-04T05:06:07.000000000Z\"}");
		assertThat(AuditRecord.parse(record.text())).isEqualTo(record);
	}

	@Test
	void detailsBeyondReasonAreKeptAsTheirHash() {
		AuditEntry entry = new AuditEntry(Kind.INTENT, "", Actor.SERVICE, "", "x".repeat(1000), "", "",
				Map.of("a", "x".repeat(AuditEntry.MOST_DETAILS)));
		assertThat(entry.details().keySet()).isEqualTo(java.util.Set.of("omitted", "leafHash"));
		assertThat(entry.action()).hasSize(128);
	}

}
