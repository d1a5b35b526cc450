package dev.caisson.engine.rootfs;

import java.util.List;

import dev.caisson.engine.spec.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TmpfsOptionsTests {

	@Test
	void withoutOptionsItIsSafe() {
		TmpfsOptions options = TmpfsOptions.parse(List.of(), false);
		assertThat(options.flags()).containsExactlyInAnyOrder(MountFlag.MS_NOEXEC, MountFlag.MS_NOSUID,
				MountFlag.MS_NODEV);
		assertThat(options.text(01777, "")).isEqualTo("mode=1777");
	}

	@Test
	void optionsTakeBackDefaultsAndEachOther() {
		TmpfsOptions options = TmpfsOptions
			.parse(List.of("exec", "suid", "nosuid", "size=1m", "size=64k", "mode=700", "uid=33"), true);
		assertThat(options.flags()).containsExactlyInAnyOrder(MountFlag.MS_NOSUID, MountFlag.MS_NODEV,
				MountFlag.MS_RDONLY);
		assertThat(options.text(0755, "u:r:t:s0")).isEqualTo("size=64k,mode=700,uid=33,context=\"u:r:t:s0\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "bogus", "size", "size=", "size=-1", "size=1x", "mode=999", "uid=root", "=1", "",
			"context=\"u:r:t:s0\"", "size=1,context=x", "huge=perhaps", "MODE=755" })
	void whatTmpfsDoesNotKnowIsRefused(String option) {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> TmpfsOptions.parse(List.of(option), false))
			.withMessageStartingWith("Invalid tmpfs option \"" + option + '"')
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo("HostConfig.Tmpfs"));
	}

}
