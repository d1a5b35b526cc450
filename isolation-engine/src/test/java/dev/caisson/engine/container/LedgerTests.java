package dev.caisson.engine.container;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LedgerTests {

	@TempDir
	Path directory;

	private Path file;

	private Ledger ledger;

	@BeforeEach
	void open() {
		this.file = this.directory.resolve("ledger");
		this.ledger = new Ledger(this.file);
	}

	@Test
	void whatIsEnteredIsOutstandingUntilItIsStruck() {
		assertThat(this.ledger.outstanding()).isEmpty();
		this.ledger.enter(Ledger.Kind.RUN, "/run/a b");
		this.ledger.enter(Ledger.Kind.CGROUP, "/caisson/x");
		this.ledger.strike(Ledger.Kind.RUN, "/run/a b");
		assertThat(this.file).hasContent("+ run /run/a b\n+ cgroup /caisson/x\n- run /run/a b\n");
		assertThat(new Ledger(this.file).outstanding())
			.containsExactly(new Ledger.Entry(Ledger.Kind.CGROUP, "/caisson/x"));
	}

	@Test
	void clearKeepsWhatIsOutstanding() {
		this.ledger.enter(Ledger.Kind.KEEPER, "1@2");
		this.ledger.clear();
		assertThat(this.ledger.outstanding()).hasSize(1);
		this.ledger.strike(Ledger.Kind.KEEPER, "1@2");
		this.ledger.clear();
		assertThat(this.file).doesNotExist();
	}

	@Test
	void lineWithoutItsEndNamesNothing() throws Exception {
		this.ledger.enter(Ledger.Kind.RUN, "/run/a");
		Files.writeString(this.file, "+ cgroup /cai", StandardOpenOption.APPEND);
		assertThat(this.ledger.outstanding()).containsExactly(new Ledger.Entry(Ledger.Kind.RUN, "/run/a"));
	}

	@Test
	void namesThatWouldBreakTheFileAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.ledger.enter(Ledger.Kind.RUN, "a\n+ run b"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.ledger.enter(Ledger.Kind.RUN, ""));
	}

}
