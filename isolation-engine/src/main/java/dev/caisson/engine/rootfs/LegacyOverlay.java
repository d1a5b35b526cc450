package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * Overlays of many layers before Linux 6.7, where fsconfig(2) takes no more than 255
 * bytes for all of them: mount(2) takes a page, and names such as
 * {@code /proc/self/fd/123} let more than 125 layers fit.
 */
final class LegacyOverlay {

	/** The page of options that mount(2) reads, with its NUL. */
	private static final int MOST_OPTIONS = 4095;

	private LegacyOverlay() {
	}

	static Fd mount(Overlay.Layout layout) {
		return OwnMountNamespace.call("overlay", () -> {
			try (Overlay.Names names = new Overlay.Names()) {
				return mountHere(options(names, layout), layout.upper());
			}
		});
	}

	private static Fd mountHere(String options, Path upper) {
		// any directory will do: nobody else sees this namespace
		Path place = upper.getParent();
		try (Arena arena = Arena.ofConfined()) {
			Linux.call(SystemCall.MOUNT, "overlay of " + upper, Linux.text(arena, "overlay").address(),
					Linux.text(arena, place.toString()).address(), Linux.text(arena, "overlay").address(), 0,
					Linux.text(arena, options).address());
		}
		return DetachedMount.bind(place, false);
	}

	private static String options(Overlay.Names names, Overlay.Layout layout) {
		List<String> lower = new ArrayList<>();
		for (Path layer : layout.layersLowestFirst().reversed()) {
			lower.add(names.ofDescriptor(layer));
		}
		String options = "redirect_dir=nofollow,metacopy=off,index=off,lowerdir=" + String.join(":", lower)
				+ ",upperdir=" + names.ofDescriptor(layout.upper()) + ",workdir=" + names.ofDescriptor(layout.work())
				+ (Overlay.skipsDisk(layout) ? "," + Overlay.VOLATILE : "")
				+ (layout.label().isEmpty() ? "" : ",context=\"" + layout.label() + '"');
		if (options.length() > MOST_OPTIONS) {
			throw new LinuxException("mount", "overlay of " + layout.upper(), Errno.E2BIG,
					lower.size() + " layers are more than a kernel before 6.7 can take");
		}
		return options;
	}

}
