package dev.caisson.engine.namespace;

import java.time.Duration;

import dev.caisson.engine.launch.Launcher;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest
class UserNamespacesTests {

	@Test
	void createGivesEachContainerIdsOfItsOwn() {
		try (Launcher launcher = new Launcher(Duration.ofSeconds(5))) {
			UserNamespaces users = new UserNamespaces(launcher);
			ContainerId one = ContainerId.random();
			ContainerId other = ContainerId.random();
			try (Fd first = users(users.create(one)); Fd second = users(users.create(other))) {
				assertThat(first.number()).isNotEqualTo(second.number());
				assertThat(users.range(other).orElseThrow() - users.range(one).orElseThrow())
					.isEqualTo(UserNamespaces.SIZE);
			}
			users.release(one);
			users(users.create(ContainerId.random())).close();
			assertThat(users.range(one)).isEmpty();
		}
	}

	private static Fd users(UserNamespaces.Made made) {
		made.network().close();
		return made.users();
	}

}
