package dev.caisson.platform.build.dockerfile;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Cases after those of the Dockerfile reference and of a shell. */
class ExpansionTests {

	private static final Map<String, String> SET = Map.of("a", "A", "path", "/usr/lib/x.tar.gz", "empty", "", "two",
			"x y", "quoted", "\"q\"");

	private final Expansion expansion = new Expansion('\\', SET::get);

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			plain            | plain
			$a               | A
			${a}b            | Ab
			$ab              | ~~
			$a-$a            | A-A
			\\$a              | $a
			'$a'             | $a
			"$a"             | A
			"\\$a \\\\ \\x"     | $a \\ \\x
			'a'"b"c          | abc
			${no:-w}         | w
			${no:-$a}        | A
			${no:-${a}b}     | Ab
			${empty:-w}      | w
			${empty-w}       | ~~
			${no-w}          | w
			${a:-w}          | A
			${a:+w}          | w
			${no:+w}         | ~~
			${empty:+w}      | ~~
			${empty+w}       | w
			${a:?bad}        | A
			${path#*/}       | usr/lib/x.tar.gz
			${path##*/}      | x.tar.gz
			${path%.*}       | /usr/lib/x.tar
			${path%%.*}      | /usr/lib/x
			${path/l/L}      | /usr/Lib/x.tar.gz
			${path//r/R}     | /usR/lib/x.taR.gz
			$                | $
			$.               | $.
			a$               | a$
			$quoted          | "q"
			"a  b"           | a  b
			""")
	void replaces(String text, String expected) {
		assertThat(this.expansion.word(text)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			${no:?is missing} | no: is missing
			${no?}            | no: is not allowed to be unset
			${a               | missing '}'
			${}               | bad substitution
			${a:              | missing modifier
			${a^}             | unsupported modifier (^) in substitution
			${a:=x}           | unsupported modifier (=) in substitution
			'a                | matching single-quote
			"a                | matching double-quote
			""")
	void refuses(String text, String message) {
		assertThatThrownBy(() -> this.expansion.word(text)).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining(message);
	}

	@Test
	void wordsAreDividedWhereValuesAreNotQuoted() {
		assertThat(this.expansion.words(List.of("$two", "\"$two\"", "$empty"))).containsExactly("x", "y", "x y");
	}

	@Test
	void textKeepsItsQuotes() {
		assertThat(this.expansion.text("say \"$a\" '$a' \\$a \\n\n")).isEqualTo("say \"A\" 'A' $a \\n\n");
	}

	@Test
	void anotherEscapeLeavesBackslashesAlone() {
		assertThat(new Expansion('`', SET::get).word("c:\\$a`$a")).isEqualTo("c:\\A$a");
	}

}
