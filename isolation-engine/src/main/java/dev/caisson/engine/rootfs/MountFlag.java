package dev.caisson.engine.rootfs;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

import dev.caisson.engine.launch.Arg;

/** The flags of mount(2), with the numbers of linux/mount.h. */
enum MountFlag {

	MS_RDONLY(1), MS_NOSUID(2), MS_NODEV(4), MS_NOEXEC(8), MS_SYNCHRONOUS(16), MS_DIRSYNC(128), MS_NOATIME(1024),
	MS_NODIRATIME(2048), MS_BIND(4096), MS_REC(16_384), MS_PRIVATE(1 << 18), MS_RELATIME(1 << 21),
	MS_STRICTATIME(1 << 24), MS_LAZYTIME(1 << 25);

	private final long bit;

	MountFlag(long bit) {
		this.bit = bit;
	}

	static Arg arg(Collection<MountFlag> flags) {
		Set<MountFlag> ordered = EnumSet.noneOf(MountFlag.class);
		ordered.addAll(flags);
		return Arg.flags(ordered.stream().mapToLong((flag) -> flag.bit).sum(),
				ordered.isEmpty() ? "0" : ordered.stream().map(Enum::name).collect(Collectors.joining("|")));
	}

}
