package dev.caisson.engine.linux;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SignalNumberTests {

	@ParameterizedTest
	@CsvSource({ "9,9", "KILL,9", "SIGKILL,9", "sigterm,15", "Hup,1", "SIGUSR2,12", "SYS,31", "SIGRTMIN,34",
			"RTMIN+3,37", "SIGRTMAX-1,63", "64,64", "SIGCLD,17", "SIGPOLL,29" })
	void parseKnowsNamesAndNumbers(String text, int number) {
		assertThat(SignalNumber.parse(text)).contains(new SignalNumber(number));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "65", "-1", "SIG", "SIGFOO", "9 ", "SIGRTMAX+1", "RTMIN+31", "99999999999" })
	void parseRefusesWhatIsNone(String text) {
		assertThat(SignalNumber.parse(text)).isEmpty();
	}

	@Test
	void everySignalIsParsedFromItsName() {
		for (int number = 1; number <= 64; number++) {
			SignalNumber signal = new SignalNumber(number);
			if (number != 32 && number != 33) {
				assertThat(SignalNumber.parse(signal.signalName())).as(signal.signalName()).contains(signal);
			}
		}
	}

}
