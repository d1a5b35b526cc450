package dev.caisson.engine.cgroup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.spec.DeviceSpec.Rule;

/**
 * Device rules as an eBPF program: the form in which v2 takes them. The kernel calls it
 * with {@code struct bpf_cgroup_dev_ctx} (linux/bpf.h) for each mknod(2) and open(2) of a
 * device; 1 allows, 0 refuses with EPERM. Registers: 2 the type, 3 the access wanted, 4
 * the major and 5 the minor number.
 */
final class DeviceProgram {

	/** Offsets in struct bpf_cgroup_dev_ctx. */
	private static final int ACCESS_TYPE = 0, MAJOR = 4, MINOR = 8;

	/** BPF_DEVCG_* of linux/bpf.h. */
	private static final int BLOCK = 1, CHARACTER = 2, MKNOD = 1, READ = 2, WRITE = 4, ANY = 7;

	/** Operation codes of linux/bpf_common.h and linux/bpf.h. */
	private static final int LDX_WORD = 0x61, MOV = 0xb7, MOV_REGISTER = 0xbf, AND = 0x57, SHIFT_RIGHT = 0x77,
			JUMP_NOT_EQUAL = 0x55, EXIT = 0x95;

	private final List<Instruction> instructions = new ArrayList<>();

	private DeviceProgram() {
	}

	/** The instructions of a program that allows what the rules allow, 8 bytes each. */
	static byte[] of(DeviceRules rules) {
		DeviceProgram program = new DeviceProgram();
		program.load();
		for (Rule rule : rules.rules()) {
			program.add(rule);
		}
		program.answer(rules.all());
		return program.bytes();
	}

	private void load() {
		add(LDX_WORD, 2, 1, ACCESS_TYPE, 0);
		add(MOV_REGISTER, 3, 2, 0, 0);
		add(AND, 2, 0, 0, 0xffff);
		add(SHIFT_RIGHT, 3, 0, 0, 16);
		add(LDX_WORD, 4, 1, MAJOR, 0);
		add(LDX_WORD, 5, 1, MINOR, 0);
	}

	private void add(Rule rule) {
		DeviceProgram one = new DeviceProgram();
		one.unless(2, (rule.type() == 'b') ? BLOCK : CHARACTER);
		int access = access(rule.access());
		if (access != ANY) {
			// every access that is wanted must be among those allowed
			one.add(MOV_REGISTER, 1, 3, 0, 0);
			one.add(AND, 1, 0, 0, ANY & ~access);
			one.unless(1, 0);
		}
		if (rule.major() >= 0) {
			one.unless(4, rule.major());
		}
		if (rule.minor() >= 0) {
			one.unless(5, rule.minor());
		}
		one.answer(true);
		this.instructions.addAll(one.resolved());
	}

	/** Goes on to the next rule if a register has another value. */
	private void unless(int register, int value) {
		add(JUMP_NOT_EQUAL, register, 0, 0, value);
	}

	private void answer(boolean allowed) {
		add(MOV, 0, 0, 0, allowed ? 1 : 0);
		add(EXIT, 0, 0, 0, 0);
	}

	/**
	 * With jumps that go just behind the last instruction; they count from the next one.
	 */
	private List<Instruction> resolved() {
		List<Instruction> resolved = new ArrayList<>();
		int size = this.instructions.size();
		for (Instruction each : this.instructions) {
			boolean jump = each.code() == JUMP_NOT_EQUAL;
			int offset = jump ? size - resolved.size() - 1 : each.offset();
			resolved.add(new Instruction(each.code(), each.target(), each.source(), offset, each.value()));
		}
		return resolved;
	}

	private void add(int code, int target, int source, int offset, int value) {
		this.instructions.add(new Instruction(code, target, source, offset, value));
	}

	private byte[] bytes() {
		ByteBuffer buffer = ByteBuffer.allocate(8 * this.instructions.size()).order(ByteOrder.nativeOrder());
		for (Instruction each : this.instructions) {
			buffer.put((byte) each.code())
				.put((byte) (each.source() << 4 | each.target()))
				.putShort((short) each.offset())
				.putInt(each.value());
		}
		return buffer.array();
	}

	private static int access(String text) {
		return text.chars().map((c) -> switch (c) {
			case 'r' -> READ;
			case 'w' -> WRITE;
			default -> MKNOD;
		}).sum();
	}

	/** {@code struct bpf_insn}. */
	private record Instruction(int code, int target, int source, int offset, int value) {
	}

}
