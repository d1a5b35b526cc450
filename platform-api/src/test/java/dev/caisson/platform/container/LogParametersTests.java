package dev.caisson.platform.container;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import dev.caisson.engine.container.LogLine;
import dev.caisson.engine.container.LogQuery;
import dev.caisson.platform.server.BadParameterException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LogParametersTests {

	private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000, 5);

	@Test
	void parametersBecomeAQuery() {
		assertThat(new LogParameters("1", "1", "true", "1700000000.000000005", "1700000001", "10", "0").query())
			.isEqualTo(new LogQuery(true, true, TIME, Instant.ofEpochSecond(1_700_000_001), 10, true));
		assertThat(new LogParameters(null, "1", null, "0", "", "all", null).query())
			.isEqualTo(new LogQuery(true, false, null, null, -1, false));
		assertThat(new LogParameters(null, "1", null, "1700000000.5", null, "0", null).query().since())
			.isEqualTo(Instant.ofEpochSecond(1_700_000_000, 500_000_000));
	}

	@Test
	void requestForNothingIsRefused() {
		assertThatExceptionOfType(BadParameterException.class)
			.isThrownBy(() -> new LogParameters("1", "0", null, null, null, null, null).query())
			.withMessage("Bad parameters: you must choose at least one stream");
	}

	@Test
	void timeThatIsNoneIsRefused() {
		assertThatExceptionOfType(BadParameterException.class)
			.isThrownBy(() -> new LogParameters("1", "1", null, "yesterday", null, null, null).query())
			.withMessage("invalid value for \"since\": yesterday");
	}

	@Test
	void linesAreFramedAndTimed() {
		LogLine line = new LogLine(TIME, 2, "hi\n".getBytes(StandardCharsets.US_ASCII));
		assertThat(new LogFormat(false, false).bytes(line)).asString().isEqualTo("hi\n");
		assertThat(new LogFormat(false, true).bytes(line)).asString().isEqualTo("2023-11-14T22:13:20.000000005Z hi\n");
		assertThat(new LogFormat(true, false).bytes(line)).containsExactly(2, 0, 0, 0, 0, 0, 0, 3, 'h', 'i', '\n');
		assertThat(new LogFormat(true, true).bytes(line)).startsWith(2, 0, 0, 0, 0, 0, 0, 34, '2');
	}

}
