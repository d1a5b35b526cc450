package dev.caisson.platform.build.dockerfile;

import java.time.Duration;
import java.util.List;

import dev.caisson.platform.build.dockerfile.Instruction.Copy;
import dev.caisson.platform.build.dockerfile.Instruction.Healthcheck;
import dev.caisson.platform.build.dockerfile.Instruction.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DockerfileTests {

	@Test
	void readsStagesNamesAndGlobalArguments() {
		Dockerfile file = Dockerfile.parse("""
				# a comment
				ARG BASE=busybox
				FROM --platform=linux/amd64 ${BASE} AS Build
				RUN true

				FROM scratch
				COPY --from=build /a /b
				""");
		assertThat(file.globals()).singleElement()
			.satisfies((arg) -> assertThat(arg.pairs()).containsExactly(new Pair("BASE", "busybox")));
		assertThat(file.stages()).extracting((stage) -> stage.from().image()).containsExactly("${BASE}", "scratch");
		assertThat(file.stages().getFirst().from().stage()).isEqualTo("build");
		assertThat(file.stages().getFirst().from().platform()).isEqualTo("linux/amd64");
		assertThat(file.stages().getLast().from().place().line()).isEqualTo(6);
		assertThat(file.target("BUILD").index()).isZero();
		assertThat(file.target("1").index()).isOne();
	}

	@Test
	void joinsContinuedLinesAcrossCommentsAndBlanks() {
		Dockerfile file = Dockerfile
			.parse("FROM a\nRUN echo a \\\n  # not this\n\n  && echo b \\  \n && echo c\nUSER x\n");
		assertThat(command(file)).isEqualTo(new Command(true, List.of("echo a   && echo b  && echo c")));
		assertThat(file.stages().getFirst().instructions()).hasSize(2);
		assertThat(file.stages().getFirst().instructions().getLast().place().line()).isEqualTo(7);
		assertThat(file.warnings()).singleElement().asString().contains("Empty continuation line");
	}

	@Test
	void escapedEscapeDoesNotContinue() {
		assertThat(command(Dockerfile.parse("FROM a\nRUN echo \\\\\nUSER x"))).isEqualTo(shell("echo \\\\"));
	}

	@Test
	void directivesChooseTheEscapeAndAreNotedOtherwise() {
		Dockerfile file = Dockerfile.parse("# syntax=docker/dockerfile:1\n# escape=`\nFROM a\nRUN dir c:\\ `\n x");
		assertThat(file.escape()).isEqualTo('`');
		assertThat(command(file)).isEqualTo(shell("dir c:\\  x"));
		assertThat(file.warnings()).singleElement().asString().contains("syntax=docker/dockerfile:1");
		assertThat(Dockerfile.parse("# hello\n# escape=`\nFROM a").escape()).isEqualTo('\\');
		assertThat(Dockerfile.parse("\n# escape=`\nFROM a").escape()).isEqualTo('\\');
		assertRefused("# escape=x\nFROM a", "dockerfile parse error on line 1: invalid escape token 'x'");
		assertRefused("# escape=`\n# escape=`\nFROM a", "line 2: only one escape parser directive can be used");
	}

	@Test
	void linesMayEndWithCarriageReturnsAndBeginWithAByteOrderMark() {
		assertThat(command(Dockerfile.parse("\ufeffFROM a\r\nRUN x \\\r\n y\r\n"))).isEqualTo(shell("x  y"));
	}

	@Test
	void execFormIsJsonAndWhatIsNoJsonIsShell() {
		assertThat(command(Dockerfile.parse("FROM a\nRUN [\"a\", \"b c\"]"))).isEqualTo(exec("a", "b c"));
		assertThat(command(Dockerfile.parse("FROM a\nRUN ['a', 'b']"))).isEqualTo(shell("['a', 'b']"));
		assertThat(command(Dockerfile.parse("FROM a\nRUN [ -f x ] && true"))).isEqualTo(shell("[ -f x ] && true"));
		assertThat(command(Dockerfile.parse("FROM a\nrun [\"\\u0041\"]"))).isEqualTo(exec("A"));
		assertRefused("FROM a\nCMD [1]", "when using JSON array syntax, arrays must be comprised of strings only");
	}

	@Test
	void heredocsOfRunAreBehindIt() {
		Dockerfile file = Dockerfile
			.parse("FROM a\nRUN <<EOF cat > x && <<-'B' cat\na $b\n# no comment\nEOF\n\tc\n\tB\nUSER u");
		Run run = (Run) file.stages().getFirst().instructions().getFirst();
		assertThat(run.heredocs()).containsExactly(new Heredoc("EOF", "", true, false, "a $b\n# no comment\n"),
				new Heredoc("B", "", false, true, "c\n"));
		assertThat(file.stages().getFirst().instructions()).hasSize(2);
		assertRefused("FROM a\nRUN <<EOF\nx", "line 2: unterminated heredoc");
	}

	@Test
	void heredocsOfCopyAreFiles() {
		Copy copy = copy("COPY --chmod=0700 a <<x.sh <<\"y\" b /dest/\necho\nx.sh\n$1\ny\n");
		assertThat(copy.sources()).containsExactly("a", "b");
		assertThat(copy.destination()).isEqualTo("/dest/");
		assertThat(copy.mode()).isEqualTo("0700");
		assertThat(copy.inline()).containsExactly(new Heredoc("x.sh", "", true, false, "echo\n"),
				new Heredoc("y", "", false, false, "$1\n"));
	}

	@Test
	void copyHasFlagsAndBothForms() {
		Copy copy = copy("COPY --from=x --chown=1:2 a* /b");
		assertThat(copy).extracting(Copy::from, Copy::owner, Copy::destination).containsExactly("x", "1:2", "/b");
		assertThat(copy("ADD [\"a b\", \"c\", \"/d e/\"]").sources()).containsExactly("a b", "c");
		assertRefused("FROM a\nCOPY a", "COPY requires at least two arguments, but only one was provided");
		assertRefused("FROM a\nADD --from=x a b", "unknown flag: --from");
		assertRefused("FROM a\nCOPY --from=x --from=y a b", "duplicate flag specified: --from");
		assertRefused("FROM a\nCOPY --chown a b", "missing a value on flag: --chown");
		assertRefused("FROM a\nRUN --mount=type=cache,target=/x y", "the --mount option requires BuildKit");
	}

	@Test
	void environmentHasTwoForms() {
		assertThat(pairs("ENV a=1 b=\"2 3\" c=4\\ 5 d='6 7'")).containsExactly(new Pair("a", "1"),
				new Pair("b", "\"2 3\""), new Pair("c", "4\\ 5"), new Pair("d", "'6 7'"));
		assertThat(pairs("ENV a 1  2 # 3")).containsExactly(new Pair("a", "1  2 # 3"));
		assertThat(pairs("ENV a=")).containsExactly(new Pair("a", ""));
		assertRefused("FROM a\nENV a", "ENV must have two arguments");
		assertRefused("FROM a\nENV a=1 b", "Syntax error - can't find = in \"b\". Must be of the form: name=value");
		assertRefused("FROM a\nENV =1", "ENV names can not be blank");
	}

	@Test
	void healthIsDeclaredInGosTimes() {
		Healthcheck check = (Healthcheck) only("HEALTHCHECK --interval=1m30s --timeout=1.5s --retries=4 CMD a b");
		assertThat(check.interval()).isEqualTo(Duration.ofSeconds(90));
		assertThat(check.timeout()).isEqualTo(Duration.ofMillis(1500));
		assertThat(check.retries()).isEqualTo(4);
		assertThat(check.command()).isEqualTo(shell("a b"));
		assertThat(((Healthcheck) only("HEALTHCHECK none")).none()).isTrue();
		assertRefused("FROM a\nHEALTHCHECK --interval=5 CMD x", "invalid duration \"5\"");
		assertRefused("FROM a\nHEALTHCHECK --interval=1us CMD x", "cannot be less than 1ms");
		assertRefused("FROM a\nHEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD");
		assertRefused("FROM a\nHEALTHCHECK PING x", "Unknown type \"PING\" in HEALTHCHECK (try CMD)");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					FOO bar                       | line 2: unknown instruction: FOO (valid instructions are ADD, ARG, CMD, COPY, E
					FROM a b                      | line 2: FROM requires either one argument, or three
					FROM a AS 1x                  | line 2: invalid name for build stage: "1x", name can't start with a number
					MAINTAINER                    | line 2: MAINTAINER requires exactly one argument
					WORKDIR                       | line 2: WORKDIR requires exactly one argument
					EXPOSE                        | line 2: EXPOSE requires at least one argument
					VOLUME [""]                   | line 2: VOLUME specified can not be an empty string
					SHELL sh -c                   | line 2: SHELL requires the arguments to be in JSON form
					ONBUILD                       | line 2: ONBUILD requires at least one argument
					ONBUILD ONBUILD RUN x         | Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed
					ONBUILD FROM x                | FROM isn't allowed as an ONBUILD trigger
					ONBUILD NOPE x                | unknown instruction: NOPE
					USER --x=y z                  | line 2: unknown flag: --x
					RUN                           | line 2: RUN requires at least one argument
					LABEL a                       | line 2: LABEL must have two arguments
					""")
	void refusesInDockersWords(String line, String message) {
		assertRefused("FROM a\n" + line, message);
	}

	@Test
	void refusesFilesWithoutStages() {
		assertRefused("", "file with no instructions");
		assertRefused("# only a comment\n", "file with no instructions");
		assertRefused("ARG a\nRUN x\nFROM a", "line 2: no build stage in current context");
		assertThatThrownBy(() -> Dockerfile.parse("FROM a").target("x"))
			.hasMessage("failed to reach build target x in Dockerfile");
	}

	@Test
	void onlyWhatATargetNeedsIsBuilt() {
		Dockerfile file = Dockerfile.parse("""
				FROM a AS one
				FROM b AS unused
				FROM one AS three
				FROM c AS four
				COPY --from=three /x /x
				COPY --from=other/image /y /y
				""");
		assertThat(file.needed(file.target(""))).extracting(Stage::index).containsExactly(0, 2, 3);
		assertThat(file.needed(file.target("three"))).extracting(Stage::index).containsExactly(0, 2);
	}

	private static Instruction only(String line) {
		return Dockerfile.parse("FROM a\n" + line).stages().getFirst().instructions().getFirst();
	}

	private static Copy copy(String line) {
		return (Copy) only(line);
	}

	private static List<Pair> pairs(String line) {
		return ((Instruction.Env) only(line)).pairs();
	}

	private static Command command(Dockerfile file) {
		return ((Run) file.stages().getFirst().instructions().getFirst()).command();
	}

	private static Command shell(String text) {
		return new Command(true, List.of(text));
	}

	private static Command exec(String... words) {
		return new Command(false, List.of(words));
	}

	private static void assertRefused(String text, String message) {
		assertThatThrownBy(() -> Dockerfile.parse(text)).isInstanceOf(DockerfileException.class)
			.hasMessageContaining(message);
	}

}
