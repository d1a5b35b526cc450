package dev.caisson.engine.selinux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.PrivilegeSpec.SelinuxChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SelinuxTests {

	@TempDir
	Path root;

	@Test
	void labelsHaveAPairOfCategoriesOfTheirOwn() throws IOException {
		Selinux selinux = host("system_u:system_r:unconfined_t:s0");
		SelinuxLabel label = selinux.label(new SelinuxChoice.Default(), "one").orElseThrow();
		assertThat(label.process()).matches("system_u:system_r:container_t:s0:c\\d+,c\\d+");
		String level = label.process().substring(label.process().indexOf("s0"));
		assertThat(label.file()).isEqualTo("system_u:object_r:container_file_t:" + level);
		assertThat(label.sharedFile()).isEqualTo("system_u:object_r:container_file_t:s0");
		assertThat(label.mountOption()).isEqualTo("context=\"" + label.file() + "\"");
		assertThat(selinux.label(new SelinuxChoice.Default(), "one")).contains(label);
		assertThat(selinux.label(new SelinuxChoice.Default(), "two")).isPresent().get().isNotEqualTo(label);
	}

	@Test
	void pairsAreNeverSharedAndReturnWhenReleased() {
		CategoryPairs pairs = new CategoryPairs(new Random(1));
		pairs.claim("recovered", "s0:c0,c1");
		Set<String> levels = new HashSet<>();
		for (int i = 0; i < 2000; i++) {
			assertThat(levels.add(pairs.take("container " + i))).isTrue();
		}
		assertThat(levels).doesNotContain("s0:c0,c1").allSatisfy((level) -> {
			String[] numbers = level.substring("s0:c".length()).split(",c");
			assertThat(Integer.parseInt(numbers[0])).isBetween(0, 1022).isLessThan(Integer.parseInt(numbers[1]));
			assertThat(Integer.parseInt(numbers[1])).isLessThan(1024);
		});
		pairs.release("recovered");
		pairs.release("recovered");
	}

	@Test
	void givenPartsReplaceTheDefaults() throws IOException {
		Selinux selinux = host("system_u:system_r:unconfined_t:s0");
		SelinuxLabel label = selinux
			.label(LabelOptions.parse(List.of("type:svirt_apache_t", "level:s0:c100,c200", "filetype:web_t")), "one")
			.orElseThrow();
		assertThat(label.process()).isEqualTo("system_u:system_r:svirt_apache_t:s0:c100,c200");
		assertThat(label.file()).isEqualTo("system_u:object_r:web_t:s0:c100,c200");
	}

	@Test
	void contextsComeFromThePolicyOfTheHost() throws IOException {
		Files.createDirectories(this.root.resolve("etc/selinux/strict/contexts"));
		Files.writeString(this.root.resolve("etc/selinux/config"), "# c\nSELINUX=enforcing\nSELINUXTYPE=strict\n");
		Files.writeString(this.root.resolve("etc/selinux/strict/contexts/lxc_contexts"),
				"process = \"a_u:b_r:c_t\"\nfile = \"a_u:object_r:f_t\"\n");
		SelinuxLabel label = host("a_u:b_r:d_t").label(new SelinuxChoice.Default(), "one").orElseThrow();
		assertThat(label.process()).isEqualTo("a_u:b_r:c_t");
		assertThat(label.file()).isEqualTo("a_u:object_r:f_t");
	}

	@Test
	void claimedLevelIsNotGivenAgain() throws IOException {
		Selinux selinux = host("system_u:system_r:unconfined_t:s0");
		selinux.claim("running", "system_u:system_r:container_t:s0:c7,c9");
		selinux.claim("strange", "unconfined");
		for (int i = 0; i < 100; i++) {
			assertThat(selinux.label(new SelinuxChoice.Default(), "container " + i).orElseThrow().process())
				.doesNotEndWith("s0:c7,c9");
		}
	}

	@Test
	void askingForALabelWithoutSelinuxIsRefused() {
		Selinux selinux = new Selinux(this.root, new Random(1));
		assertThat(selinux.isEnabled()).isFalse();
		assertThat(selinux.isEnforcing()).isFalse();
		assertThat(selinux.observe(1)).isEmpty();
		assertThat(selinux.label(new SelinuxChoice.Default(), "one")).isEmpty();
		assertThat(selinux.label(new SelinuxChoice.Disabled(), "one")).isEmpty();
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> selinux.check(LabelOptions.parse(List.of("type:container_t"))))
			.withMessageContaining("does not run SELinux")
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo("HostConfig.SecurityOpt"));
	}

	@Test
	void hostWithoutAPolicyIsWithoutSelinux() throws IOException {
		assertThat(host("kernel").isEnabled()).isFalse();
	}

	@Test
	void enforcingIsReadFromTheKernel() throws IOException {
		Selinux selinux = host("system_u:system_r:unconfined_t:s0");
		assertThat(selinux.isEnforcing()).isTrue();
		Files.writeString(this.root.resolve("sys/fs/selinux/enforce"), "0");
		assertThat(selinux.isEnforcing()).isFalse();
	}

	@Test
	void disableBeatsEverything() throws IOException {
		SelinuxChoice choice = LabelOptions.parse(List.of("type:x_t", "disable"));
		assertThat(choice).isEqualTo(new SelinuxChoice.Disabled());
		assertThat(host("system_u:system_r:unconfined_t:s0").label(choice, "one")).isEmpty();
	}

	@Test
	void noOptionsMeanTheDefault() {
		assertThat(LabelOptions.parse(List.of())).isEqualTo(new SelinuxChoice.Default());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "type", "type:", "colour:red", "type:a b", "type:a:b", "level:s0\"", "user:x\0",
			"Disable" })
	void malformedOptionsAreRefused(String option) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> LabelOptions.parse(List.of(option)))
			.withMessageStartingWith("bad label option");
	}

	@Test
	void planWritesTheLabelOfTheNextProgram() {
		LaunchPlan.Builder plan = LaunchPlan.builder();
		SelinuxLabel label = new SelinuxLabel("a:b:c:s0", "f", "g");
		Selinux.plan(plan.child(), label);
		Selinux.planSession(plan.child(), "id", Optional.of(label));
		assertThat(plan.build().child()).extracting(Object::toString)
			.containsExactly("openat(AT_FDCWD, \"/proc/thread-self/attr/exec\", O_WRONLY|O_CLOEXEC)",
					"write($openat#0, \"a:b:c:s0\", 8)", "close($openat#0)",
					"openat(AT_FDCWD, \"/proc/thread-self/attr/keycreate\", O_WRONLY|O_CLOEXEC)",
					"write($openat#3, \"a:b:c:s0\", 8)", "close($openat#3)",
					"keyctl(KEYCTL_JOIN_SESSION_KEYRING, \"_ses.id\")");
	}

	private Selinux host(String current) throws IOException {
		Files.createDirectories(this.root.resolve("sys/fs/selinux"));
		Files.createDirectories(this.root.resolve("proc/self/attr"));
		Files.writeString(this.root.resolve("sys/fs/selinux/enforce"), "1");
		Files.writeString(this.root.resolve("sys/fs/selinux/context"), "");
		Files.writeString(this.root.resolve("proc/self/attr/current"), current + "\0");
		return new Selinux(this.root, new Random(1));
	}

}
