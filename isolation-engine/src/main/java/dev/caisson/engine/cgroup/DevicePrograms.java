package dev.caisson.engine.cgroup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/**
 * Device programs in the kernel. Checking and compiling one costs more than attaching it,
 * and most containers have the same rules: the last few stay loaded. Thread-safe.
 */
final class DevicePrograms implements AutoCloseable {

	/** Commands, types and flags of linux/bpf.h. */
	private static final int BPF_PROG_LOAD = 5, BPF_PROG_ATTACH = 8, BPF_PROG_TYPE_CGROUP_DEVICE = 15,
			BPF_CGROUP_DEVICE = 6, BPF_F_ALLOW_MULTI = 2;

	/** Of union bpf_attr: as much as Linux 4.15 knew of BPF_PROG_LOAD. */
	private static final int LOAD_SIZE = 72, ATTACH_SIZE = 16;

	private static final int MOST_LOADED = 16;

	private final Map<DeviceRules, Fd> loaded = new LinkedHashMap<>(MOST_LOADED, 0.75f, true);

	/**
	 * Puts rules into force in a v2 group. Other programs, such as systemd's, stay in
	 * force too: all must allow.
	 */
	synchronized void attach(DeviceRules rules, Directory directory) {
		if (rules.all()) {
			return;
		}
		Fd program = this.loaded.computeIfAbsent(rules, (missing) -> load(DeviceProgram.of(missing)));
		try (Fd group = Fd.open(directory.path(), Fd.O_RDONLY | Fd.O_DIRECTORY); Arena arena = Arena.ofConfined()) {
			MemorySegment attr = arena.allocate(ATTACH_SIZE, 8);
			attr.set(ValueLayout.JAVA_INT, 0, group.number());
			attr.set(ValueLayout.JAVA_INT, 4, program.number());
			attr.set(ValueLayout.JAVA_INT, 8, BPF_CGROUP_DEVICE);
			attr.set(ValueLayout.JAVA_INT, 12, BPF_F_ALLOW_MULTI);
			Linux.call(SystemCall.BPF, "attach device filter to " + directory.path(), BPF_PROG_ATTACH, attr.address(),
					ATTACH_SIZE);
		}
		forgetOldest();
	}

	private void forgetOldest() {
		if (this.loaded.size() > MOST_LOADED) {
			DeviceRules oldest = this.loaded.keySet().iterator().next();
			// what is attached stays attached
			this.loaded.remove(oldest).close();
		}
	}

	private static Fd load(byte[] instructions) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment code = arena.allocateFrom(ValueLayout.JAVA_BYTE, instructions);
			MemorySegment attr = arena.allocate(LOAD_SIZE, 8);
			attr.set(ValueLayout.JAVA_INT, 0, BPF_PROG_TYPE_CGROUP_DEVICE);
			attr.set(ValueLayout.JAVA_INT, 4, instructions.length / 8);
			attr.set(ValueLayout.JAVA_LONG, 8, code.address());
			// the licence decides which kernel functions may be called: none is
			attr.set(ValueLayout.JAVA_LONG, 16, Linux.text(arena, "Apache-2.0").address());
			attr.asSlice(48, 15)
				.copyFrom(
						MemorySegment.ofArray("caisson_devices".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
			return new Fd(Linux.call(SystemCall.BPF, "load device filter", BPF_PROG_LOAD, attr.address(), LOAD_SIZE),
					"device filter");
		}
	}

	@Override
	public synchronized void close() {
		this.loaded.values().forEach(Fd::close);
		this.loaded.clear();
	}

}
