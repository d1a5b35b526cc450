package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KernelTest(needs = { Feature.OVERLAY, Feature.USER_NAMESPACES })
class OverlayTests {

	private static final String MANY_NAMES = "a-name-as-long-as-a-digest-0123456789-0123456789-0123456789-";

	@RegisterExtension
	private final TestRoots roots = new TestRoots();

	@Test
	void upperLayersHideLowerOnesAndWritesGoToTheTop() throws IOException {
		Path low = layer("low", "same", "low");
		Files.writeString(low.resolve("deleted"), "");
		Path high = layer("high", "same", "high");
		try (Fd overlay = Overlay.mount(List.of(low, high), upper(), work(), "")) {
			Path root = Path.of("/proc/self/fd/" + overlay.number());
			assertThat(root.resolve("same")).hasContent("high");
			Files.writeString(root.resolve("new"), "new");
			Files.delete(root.resolve("deleted"));
			assertThat(root.resolve("deleted")).doesNotExist();
		}
		assertThat(upper().resolve("new")).hasContent("new");
		assertThat(low.resolve("deleted")).exists();
		assertThat(Files.getAttribute(upper().resolve("deleted"), "unix:rdev")).isEqualTo(0L);
	}

	@Test
	void nobodySeesTheMount() throws IOException {
		List<String> before = Files.readAllLines(Path.of("/proc/self/mountinfo"));
		try (Fd _ = Overlay.mount(List.of(layer("low", "file", "")), upper(), work(), "")) {
			assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo"))).isEqualTo(before);
		}
	}

	@ParameterizedTest
	@EnumSource(Way.class)
	void asManyLayersAsAnImageCanHave(Way way) throws IOException {
		List<Path> layers = new ArrayList<>();
		for (int i = 0; i < 127; i++) {
			layers.add(layer(MANY_NAMES + i, "file" + i, "content " + i));
		}
		try (Fd overlay = way.mount(layers, upper(), work())) {
			Path root = Path.of("/proc/self/fd/" + overlay.number());
			for (int i = 0; i < layers.size(); i++) {
				assertThat(root.resolve("file" + i)).hasContent("content " + i);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Way.class)
	void namesMayHoldWhatOptionsGiveAMeaning(Way way) throws IOException {
		Path odd = layer("a:b,c\\d=e\"f'g h", "file", "odd");
		Path lower = layer("x".repeat(250) + "/" + "y".repeat(50), "other", "long");
		Path upper = this.roots.directory("up:per,/upper");
		Path work = this.roots.directory("up:per,/work");
		try (Fd overlay = way.mount(List.of(lower, odd), upper, work)) {
			Path root = Path.of("/proc/self/fd/" + overlay.number());
			assertThat(root.resolve("file")).hasContent("odd");
			assertThat(root.resolve("other")).hasContent("long");
		}
	}

	@Test
	void discardedOverlayIsNotWrittenBackAndCanBeMountedAgain() throws IOException {
		Overlay.Layout layout = new Overlay.Layout(List.of(layer("low", "file", "")), upper(), work(), "", true);
		for (int i = 0; i < 2; i++) {
			try (Fd overlay = Overlay.mount(layout)) {
				Files.writeString(Path.of("/proc/self/fd/" + overlay.number()).resolve("new"), "new");
				assertThat(work().resolve("work/incompat/volatile")).exists();
			}
			assertThat(upper().resolve("new")).hasContent("new");
		}
	}

	@Test
	void missingLayerIsNamedWithARemedy() throws IOException {
		Path missing = this.roots.data().resolve("missing");
		assertThatExceptionOfType(LinuxException.class)
			.isThrownBy(() -> Overlay.mount(List.of(missing), upper(), work(), ""))
			.withMessageContaining("ENOENT");
	}

	@Test
	void upperOnAnotherOverlayIsRefusedWithTheKernelsReason() throws IOException {
		try (Fd first = Overlay.mount(List.of(layer("low", "file", "")), upper(), work(), "")) {
			Path root = Path.of("/proc/self/fd/" + first.number());
			Path upper = Files.createDirectories(root.resolve("upper"));
			Path work = Files.createDirectories(root.resolve("work"));
			assertThatExceptionOfType(LinuxException.class)
				.isThrownBy(() -> Overlay.mount(List.of(layer("low", "file", "")), upper, work, ""))
				.withMessageContaining("EINVAL")
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EINVAL));
		}
	}

	@ParameterizedTest
	@EnumSource(ShiftedWay.class)
	void shiftedFilesBelongToTheContainersIdsAndOnDiskToTheImages(ShiftedWay way) throws Exception {
		Path low = layer("low", "roots", "content");
		Path wwws = Files.writeString(low.resolve("wwws"), "");
		Files.setAttribute(wwws, "unix:uid", 33);
		try (UserNamespace users = new UserNamespace(200_000);
				Fd overlay = way.mount(List.of(low), upper(), work(), users.open())) {
			Path root = Path.of("/proc/self/fd/" + overlay.number());
			assertThat(Files.getAttribute(root.resolve("roots"), "unix:uid")).isEqualTo(200_000);
			assertThat(Files.getAttribute(root.resolve("wwws"), "unix:uid")).isEqualTo(200_033);
			assertThat(Files.getAttribute(root, "unix:uid")).isEqualTo(200_000);
			Files.setAttribute(root.resolve("roots"), "unix:uid", 200_005);
		}
		assertThat(Files.getAttribute(low.resolve("roots"), "unix:uid")).isEqualTo(0);
		assertThat(Files.getAttribute(upper().resolve("roots"), "unix:uid")).isEqualTo(5);
	}

	@Test
	void fileSystemWithoutShiftedMountsIsNamed() throws Exception {
		try (UserNamespace users = new UserNamespace(200_000); Fd namespace = users.open()) {
			assertThatExceptionOfType(LinuxException.class)
				.isThrownBy(() -> Overlay.mountShifted(List.of(Path.of("/proc/sys")), upper(), work(), "", namespace))
				.withMessageContaining("map the ids of /proc/sys")
				.withMessageContaining("need the data root on");
		}
	}

	private Path layer(String name, String file, String content) throws IOException {
		Path layer = this.roots.directory("layers/" + name);
		Files.writeString(layer.resolve(file), content);
		return layer;
	}

	private Path upper() {
		return this.roots.directory("container/upper");
	}

	private Path work() {
		return this.roots.directory("container/work");
	}

	/** How overlays are mounted on this and on older kernels. */
	enum Way {

		DETACHED, LEGACY;

		Fd mount(List<Path> layers, Path upper, Path work) {
			return switch (this) {
				case DETACHED -> Overlay.mount(layers, upper, work, "");
				case LEGACY -> LegacyOverlay.mount(new Overlay.Layout(layers, upper, work, "", false));
			};
		}

	}

	/** The same for user namespaces. */
	enum ShiftedWay {

		CHOSEN, ATTACHED;

		Fd mount(List<Path> layers, Path upper, Path work, Fd users) {
			try (users) {
				return switch (this) {
					case CHOSEN -> Overlay.mountShifted(layers, upper, work, "", users);
					case ATTACHED ->
						ShiftedOverlay.mountOnAttached(new Overlay.Layout(layers, upper, work, "", false), users);
				};
			}
		}

	}

}
