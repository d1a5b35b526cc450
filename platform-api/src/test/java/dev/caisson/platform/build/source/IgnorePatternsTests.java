package dev.caisson.platform.build.source;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IgnorePatternsTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			*.log         | a.log          | true
			*.log         | d/a.log        | false
			**/*.log      | a.log          | true
			**/*.log      | d/e/a.log      | true
			d             | d/e/f          | true
			/d/           | d              | true
			d/../e        | e              | true
			./d           | d              | true
			d/*           | d/e            | true
			d/*           | d              | false
			d/**          | d/e/f          | true
			d/**/f        | d/f            | true
			d/**/f        | d/x/y/f        | true
			temp?         | tempa          | true
			temp?         | temp           | false
			[a-c].txt     | b.txt          | true
			[^a-c].txt    | b.txt          | false
			a\\*          | a*             | true
			a\\*          | ab             | false
			a.c           | abc            | false
			# d           | d              | false
			*             | x/y            | true
			""")
	void decides(String pattern, String path, boolean ignored) {
		assertThat(IgnorePatterns.parse(pattern).ignores(path)).isEqualTo(ignored);
	}

	@Test
	void lastFittingRuleDecides() {
		IgnorePatterns patterns = IgnorePatterns.parse("*.md\n!README*.md\nREADME-secret.md\n\n  # a comment? no\n");
		assertThat(patterns.ignores("a.md")).isTrue();
		assertThat(patterns.ignores("README.md")).isFalse();
		assertThat(patterns.ignores("README-secret.md")).isTrue();
	}

	@Test
	void directoryStaysForWhatIsTakenBack(@TempDir Path directory) throws Exception {
		Archive archive = new Archive().file(".dockerignore", "d\n!d/e/keep\n")
			.file("d/e/keep", "1")
			.file("d/e/drop", "2")
			.file("d/f/drop", "3")
			.file("x", "4");
		try (BuildContext context = archive.context(directory)) {
			context.applyIgnoreFile();
			assertThat(Found.at(context.root(), "d/e/keep").file()).isNotNull();
			assertThat(Found.at(context.root(), "d/e/drop").file()).isNull();
			assertThat(Found.at(context.root(), "d/f").file()).isNull();
			assertThat(Found.at(context.root(), "x").file()).isNotNull();
		}
	}

	@Test
	void refusesWhatIsNoPattern() {
		assertThatThrownBy(() -> IgnorePatterns.parse("[a")).isInstanceOf(CopyException.class)
			.hasMessageContaining("syntax error in pattern: [a");
	}

}
