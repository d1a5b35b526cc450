package dev.caisson.engine.capability;

import java.util.EnumSet;
import java.util.List;

import dev.caisson.engine.spec.Capability;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.InvalidSpecException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CapabilitiesTests {

	private static final CapabilitySet CHOWN = CapabilitySet.of(EnumSet.of(Capability.CAP_CHOWN));

	private static final CapabilitySet ADMIN = CapabilitySet.of(EnumSet.of(Capability.CAP_SYS_ADMIN));

	@Test
	void nothingAskedForIsTheDefault() {
		assertThat(resolve(List.of(), List.of())).isEqualTo(CapabilitySet.DEFAULT);
	}

	@Test
	void namesAreTakenInAnyCaseWithOrWithoutPrefix() {
		for (String name : List.of("SYS_ADMIN", "CAP_SYS_ADMIN", "sys_admin", "cap_Sys_Admin")) {
			assertThat(resolve(List.of(name), List.of())).isEqualTo(CapabilitySet.DEFAULT.with(ADMIN));
			assertThat(resolve(List.of("all"), List.of(name))).isEqualTo(CapabilitySet.ALL.without(ADMIN));
		}
	}

	@Test
	void dropAllLeavesOnlyWhatIsAdded() {
		assertThat(resolve(List.of("CHOWN"), List.of("ALL"))).isEqualTo(CHOWN);
		assertThat(resolve(List.of(), List.of("ALL"))).isEqualTo(CapabilitySet.NONE);
	}

	@Test
	void addAllIsStrongerThanDropAll() {
		assertThat(resolve(List.of("ALL"), List.of("ALL"))).isEqualTo(CapabilitySet.ALL);
	}

	@Test
	void addIsStrongerThanDrop() {
		assertThat(resolve(List.of("CHOWN"), List.of("CHOWN")).contains(Capability.CAP_CHOWN)).isTrue();
	}

	@Test
	void dropTakesFromTheDefault() {
		assertThat(resolve(List.of(), List.of("CHOWN", "NET_ADMIN"))).isEqualTo(CapabilitySet.DEFAULT.without(CHOWN));
	}

	@Test
	void privilegedIsEverything() {
		assertThat(Capabilities.resolve(List.of(), List.of("CHOWN"), true)).isEqualTo(CapabilitySet.ALL);
	}

	@Test
	void unknownNamesAreRefusedAlsoWhenPrivileged() {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> Capabilities.resolve(List.of("TELEPORT"), List.of(), true))
			.withMessage("invalid CapAdd: unknown capability: \"CAP_TELEPORT\"")
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo("HostConfig.CapAdd"));
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> resolve(List.of(), List.of("cap_x")))
			.withMessage("invalid CapDrop: unknown capability: \"CAP_X\"")
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo("HostConfig.CapDrop"));
	}

	@Test
	void whatTheHostLacksIsSaid() {
		CapabilitySet host = CapabilitySet.ALL.without(ADMIN);
		assertThat(Capabilities.grant(CapabilitySet.ALL, host).warnings())
			.containsExactly("The host does not have the following capabilities, so the container runs without them: "
					+ "CAP_SYS_ADMIN");
		assertThat(Capabilities.grant(CapabilitySet.DEFAULT, host).warnings()).isEmpty();
	}

	private static CapabilitySet resolve(List<String> add, List<String> drop) {
		return Capabilities.resolve(add, drop, false);
	}

}
