package dev.caisson.engine.rootfs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MountSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RootFilesystemTests {

	@TempDir
	Path directory;

	@Test
	void checkWhenABindSourceIsMissingSaysSoAndMakesNothing() {
		Path missing = this.directory.resolve("missing");
		assertRefused(new Specs().mounts(Specs.bind(missing, "/data")))
			.isEqualTo("invalid mount config for type \"bind\": bind source path does not exist: " + missing);
		assertThat(missing).doesNotExist();
	}

	@Test
	void checkWhenTheSourceMayBeMadeLeavesThatToTheLaunch() {
		Path missing = this.directory.resolve("missing");
		MountSpec bind = new MountSpec.Bind(missing, "/data", false, true, MountSpec.Propagation.RPRIVATE, true,
				MountSpec.Relabel.NONE);
		assertThatCode(() -> RootFilesystem.check(new Specs().mounts(bind).build())).doesNotThrowAnyException();
		assertThat(missing).doesNotExist();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/proc", "/proc/", "/x/../proc", "/proc/sys", "/proc/self/attr", "/proc/1/attr/exec" })
	void checkRefusesMountsInsideProc(String target) {
		assertRefused(new Specs().mounts(Specs.tmpfs(target))).endsWith("cannot be mounted because it is inside /proc");
	}

	@Test
	void checkAllowsFilesOfProcThatOnlyInform() throws Exception {
		Path file = Files.writeString(this.directory.resolve("cpuinfo"), "");
		assertThatCode(() -> RootFilesystem.check(new Specs().mounts(Specs.bind(file, "/proc/cpuinfo")).build()))
			.doesNotThrowAnyException();
	}

	@Test
	void checkSeesThroughDifferentSpellingsOfATarget() {
		assertRefused(new Specs().mounts(Specs.tmpfs("/a/b"), Specs.tmpfs("/a/./b/")))
			.isEqualTo("Duplicate mount point: /a/b");
	}

	@Test
	void checkWhenADeviceDoesNotExistOrIsNoneSaysSo() {
		assertRefused(new Specs().device("/dev/missing", "/dev/x"))
			.isEqualTo("error gathering device information while adding custom device \"/dev/missing\": "
					+ "no such file or directory");
		assertRefused(new Specs().device("/etc/passwd", "/dev/x"))
			.isEqualTo("error gathering device information while adding custom device \"/etc/passwd\": "
					+ "not a device node");
	}

	@Test
	void declaredDevicesCarryTheHostsNumbers() {
		List<DeviceNode> found = DeviceNode.find(new Specs().device("/dev/null", "/dev/nothing").build().devices());
		assertThat(found).singleElement()
			.isEqualTo(new DeviceNode(Path.of("/dev/null"), "/dev/nothing", 'c', 1, 3, 0666, 0, 0, "rwm"));
	}

	@Test
	void largeDeviceNumbersAreSplitAsTheKernelDoes() {
		assertThat(new DeviceNode(Path.of("/dev/x"), "/dev/x", 'b', 259, 70000, 0600, 0, 0, "r").number())
			.isEqualTo((70000 & 0xff) | (259 << 8) | ((70000L & ~0xff) << 12));
	}

	private static org.assertj.core.api.AbstractStringAssert<?> assertRefused(Specs specs) {
		return assertThat(assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> RootFilesystem.check(specs.build()))
			.actual()
			.getMessage());
	}

}
