package dev.caisson.engine.launch;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/**
 * A plan in the form that stage0 maps into its memory: <pre>{@code
 * header | data of the keeper | steps of the keeper | steps of the child | data of the child
 * }</pre> All addresses in it are absolute, for it is mapped at a fixed place. The
 * structures are those of stage0.c.
 */
final class PlanImage {

	static final int MOST_ARGUMENTS = 6;

	static final int MOST_TOLERATED = 4;

	static final int PAGE = 4096;

	private static final long ADDRESS = 0x7_0000_0000L;

	private static final long MAGIC = 0x3067617473736961L;

	private static final int HEADER = 48, KEEPER_STOPPED = 24, CHILD_STOPPED = 28, STEPS = 32, CHILD = 40;

	private static final int STEP = 96, RESULT = 48, BEGIN = 56, END = 64, RESULT_OF = 72, TOLERATED = 84, CALL = 92;

	private final LaunchPlan plan;

	private final ByteBuffer bytes;

	private final int steps;

	private final Map<String, Integer> outputs;

	private PlanImage(LaunchPlan plan, ByteBuffer bytes, int steps, Map<String, Integer> outputs) {
		this.plan = plan;
		this.bytes = bytes;
		this.steps = steps;
		this.outputs = outputs;
	}

	/** Encodes a plan, in which one step may be made to fail. */
	static PlanImage of(LaunchPlan plan, @Nullable Fault fault) {
		if (fault != null && fault.step() >= plan.keeper().size() + plan.child().size()) {
			throw new IndexOutOfBoundsException("the plan has no step " + fault.step());
		}
		return new Encoder(plan).encode(fault);
	}

	/** The same plan with the bytes that stage0 has written to since. */
	PlanImage with(ByteBuffer current) {
		return new PlanImage(this.plan, current.order(ByteOrder.nativeOrder()), this.steps, this.outputs);
	}

	LaunchPlan plan() {
		return this.plan;
	}

	ByteBuffer bytes() {
		return this.bytes;
	}

	int size() {
		return this.bytes.capacity();
	}

	/** Where what a waiting keeper needs ends: header, its data and its steps. */
	int keeperEnd() {
		return this.steps + this.plan.keeper().size() * STEP;
	}

	/** The step at which the launch was given up, keeper's steps first, or -1. */
	int stopped() {
		int child = this.bytes.getInt(CHILD_STOPPED);
		return ((child != 0) ? child : this.bytes.getInt(KEEPER_STOPPED)) - 1;
	}

	/** The process that the keeper has made, 0 if it has not. */
	int child() {
		return this.bytes.getInt(CHILD);
	}

	/** The same, from the plan of a keeper that is found again. */
	static int child(Fd plan) {
		ByteBuffer header = ByteBuffer.allocateDirect(HEADER).order(ByteOrder.nativeOrder());
		Linux.call(SystemCall.PREAD64, plan.name(), plan.number(), MemorySegment.ofBuffer(header).address(), HEADER, 0);
		return header.getInt(CHILD);
	}

	int stepCount() {
		return this.plan.keeper().size() + this.plan.child().size();
	}

	Step step(int index) {
		int keepers = this.plan.keeper().size();
		return (index < keepers) ? this.plan.keeper().get(index) : this.plan.child().get(index - keepers);
	}

	long result(int index) {
		return this.bytes.getLong(this.steps + index * STEP + RESULT);
	}

	/** Of the counter, 0 if the step was not reached. */
	long begin(int index) {
		return this.bytes.getLong(this.steps + index * STEP + BEGIN);
	}

	/** Of the counter, 0 if the step has not returned. */
	long end(int index) {
		return this.bytes.getLong(this.steps + index * STEP + END);
	}

	/** Where in the image the kernel writes an output. */
	int output(String name) {
		return this.outputs.get(name);
	}

	/** Lays data out and writes steps; used once. */
	private static final class Encoder {

		private final LaunchPlan plan;

		private final Map<Step, Integer> indexes = new HashMap<>();

		private final Map<String, Integer> outputs = new HashMap<>();

		private final Map<Object, Integer> known = new HashMap<>();

		private ByteArrayOutputStream data = new ByteArrayOutputStream();

		private int dataStart = HEADER;

		Encoder(LaunchPlan plan) {
			this.plan = plan;
			plan.keeper().forEach((step) -> this.indexes.put(step, this.indexes.size()));
			plan.child().forEach((step) -> this.indexes.put(step, this.indexes.size()));
		}

		PlanImage encode(@Nullable Fault fault) {
			List<long[]> keeper = arguments(this.plan.keeper());
			byte[] keeperData = this.data.toByteArray();
			int steps = HEADER + keeperData.length;
			this.data = new ByteArrayOutputStream();
			this.dataStart = steps + this.indexes.size() * STEP;
			List<long[]> child = arguments(this.plan.child());
			byte[] childData = this.data.toByteArray();
			ByteBuffer image = ByteBuffer.allocateDirect(this.dataStart + childData.length)
				.order(ByteOrder.nativeOrder());
			putHeader(image, steps, fault);
			image.put(HEADER, keeperData).put(this.dataStart, childData);
			putSteps(image, steps, this.plan.keeper(), keeper);
			putSteps(image, steps + keeper.size() * STEP, this.plan.child(), child);
			return new PlanImage(this.plan, image, steps, this.outputs);
		}

		private void putHeader(ByteBuffer image, int steps, @Nullable Fault fault) {
			image.putLong(0, MAGIC).putInt(8, this.plan.keeper().size()).putInt(12, this.plan.child().size());
			if (fault != null) {
				image.putInt(16, fault.step() + 1).putInt(20, fault.errno().number());
			}
			image.putLong(STEPS, steps);
		}

		private void putSteps(ByteBuffer image, int start, List<Step> steps, List<long[]> arguments) {
			for (int i = 0; i < steps.size(); i++) {
				Step step = steps.get(i);
				int at = start + i * STEP;
				for (int a = 0; a < step.args().size(); a++) {
					image.putLong(at + a * Long.BYTES, arguments.get(i)[a]);
					if (step.args().get(a) instanceof Arg.Result(Step earlier)) {
						image.putShort(at + RESULT_OF + a * Short.BYTES, (short) (this.indexes.get(earlier) + 1));
					}
				}
				int t = 0;
				for (Errno errno : step.tolerated()) {
					image.putShort(at + TOLERATED + Short.BYTES * t++, (short) errno.number());
				}
				image.putInt(at + CALL, step.call().number());
			}
		}

		private List<long[]> arguments(List<Step> steps) {
			List<long[]> all = new ArrayList<>();
			for (Step step : steps) {
				all.add(step.args().stream().mapToLong(this::word).toArray());
			}
			return all;
		}

		/** A number as itself, anything else as the address of its place in the data. */
		private long word(Arg arg) {
			return switch (arg) {
				case Arg.Number(long value, String _) -> value;
				case Arg.Descriptor(int number, String _) -> number;
				case Arg.Result _ -> 0;
				case Arg.Text(String value) -> place(arg, terminated(value));
				case Arg.Bytes(byte[] value, String _) -> place(value, value);
				case Arg.Struct(List<Arg> words, String _) -> place(arg, pack(words.stream().mapToLong(this::word)));
				case Arg.Vector(List<String> values) -> place(arg,
						pack(java.util.stream.LongStream.concat(
								values.stream().mapToLong((value) -> word(new Arg.Text(value))),
								java.util.stream.LongStream.of(0))));
				case Arg.Output(String name, int size) -> {
					long address = place(arg, new byte[size]);
					this.outputs.put(name, (int) (address - ADDRESS));
					yield address;
				}
			};
		}

		private long place(Object key, byte[] content) {
			Integer offset = this.known.get(key);
			if (offset == null) {
				offset = this.dataStart + this.data.size();
				this.known.put(key, offset);
				this.data.writeBytes(content);
				this.data.writeBytes(new byte[-content.length & 7]);
			}
			return ADDRESS + offset;
		}

		private static byte[] terminated(String value) {
			byte[] text = value.getBytes(StandardCharsets.UTF_8);
			return java.util.Arrays.copyOf(text, text.length + 1);
		}

		private static byte[] pack(java.util.stream.LongStream words) {
			long[] values = words.toArray();
			ByteBuffer packed = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.nativeOrder());
			packed.asLongBuffer().put(values);
			return packed.array();
		}

	}

}
