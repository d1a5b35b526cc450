package dev.caisson.engine.rootfs;

import java.util.List;

import dev.caisson.engine.linux.LinuxException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MountTableTests {

	@Test
	void parsesEscapesPropagationAndOptions() {
		MountTable table = MountTable.parse("""
				36 35 98:0 /a\\040b /mnt\\134x ro,noatime master:1 - ext3 /dev/root rw,errors=continue
				37 36 0:5 / /mnt/\303\244 rw shared:7 master:2 propagate_from:1 - tmpfs no\\011ne rw
				38 36 0:6 / / rw - proc proc rw
				""");
		assertThat(table.entries()).extracting(MountTable.Entry::target).containsExactly("/mnt\\x", "/mnt/ä", "/");
		assertThat(table.entries()).extracting(MountTable.Entry::propagation)
			.containsExactly("slave", "shared,slave", "private");
		MountTable.Entry first = table.entries().getFirst();
		assertThat(first.root()).isEqualTo("/a b");
		assertThat(first.readOnly()).isTrue();
		assertThat(first.options()).isEqualTo(List.of("ro", "noatime"));
		assertThat(table.entries().get(1).source()).isEqualTo("no\tne");
	}

	@Test
	void lastMountAtATargetIsTheVisibleOne() {
		MountTable table = MountTable.parse("""
				1 0 0:1 / /x rw - tmpfs a rw
				2 1 0:2 / /x rw - tmpfs b rw
				""");
		assertThat(table.at("/x").orElseThrow().source()).isEqualTo("b");
		assertThat(table.at("/y")).isEmpty();
	}

	@Test
	void ownTableHasARoot() {
		assertThat(MountTable.own().at("/")).isPresent();
	}

	@Test
	void observeOfAProcessThatHasEndedSaysSo() {
		assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> MountTable.observe(Integer.MAX_VALUE))
			.withMessageContaining("ESRCH");
	}

}
