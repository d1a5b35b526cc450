package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

	static Fd mount(List<Path> layersLowestFirst, Path upper, Path work, String label) {
		return OwnMountNamespace.call("overlay", () -> {
			try (Overlay.Names names = new Overlay.Names()) {
				return mountHere(options(names, layersLowestFirst, upper, work, label), upper);
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

	private static String options(Overlay.Names names, List<Path> layersLowestFirst, Path upper, Path work,
			String label) {
		List<String> lower = new ArrayList<>();
		for (Path layer : layersLowestFirst.reversed()) {
			lower.add(names.ofDescriptor(layer));
		}
		String options = "redirect_dir=nofollow,metacopy=off,index=off,lowerdir=" + String.join(":", lower)
				+ ",upperdir=" + names.ofDescriptor(upper) + ",workdir=" + names.ofDescriptor(work)
				+ (label.isEmpty() ? "" : ",context=\"" + label + '"');
		if (options.length() > MOST_OPTIONS) {
			throw new LinuxException("mount", "overlay of " + upper, dev.caisson.engine.linux.Errno.E2BIG,
					layersLowestFirst.size() + " layers are more than a kernel before 6.7 can take");
		}
		return options;
	}

}
