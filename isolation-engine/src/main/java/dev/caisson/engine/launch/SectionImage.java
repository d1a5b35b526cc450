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
import java.util.stream.LongStream;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one process in the form that stage0 maps into its memory: <pre>{@code
 * header | steps | data
 * }</pre> All addresses in it are absolute, for it is mapped at a fixed place. The
 * structures are those of stage0.c. What the child has written of its results may have
 * been forged by a process of the container: it is taken for numbers and nothing else.
 */
final class SectionImage {

	/** Where stage0 maps the keeper's steps, and the child's. */
	static final long KEEPER = 0x7_0000_0000L, CHILD = 0x7_8000_0000L;

	static final int MOST_ARGUMENTS = 6;

	static final int MOST_TOLERATED = 4;

	private static final long MAGIC = 0x3067617473736961L;

	private static final int HEADER = 40, STEPS = 8, FAIL_STEP = 12, FAIL_ERRNO = 16, STOPPED = 20,
			CHILD_DESCRIPTOR = 24, MADE = 32;

	private static final int STEP = 96, RESULT = 48, BEGIN = 56, END = 64, RESULT_OF = 72, TOLERATED = 84, CALL = 92;

	private final List<Step> steps;

	private final ByteBuffer bytes;

	private final Map<String, Integer> outputs;

	private SectionImage(List<Step> steps, ByteBuffer bytes, Map<String, Integer> outputs) {
		this.steps = steps;
		this.bytes = bytes;
		this.outputs = outputs;
	}

	/**
	 * Encodes steps.
	 * @param address where they will be mapped
	 * @param childDescriptor the number of the file with the child's steps; 0 in that
	 * file itself
	 * @param fault a step of these that is made to fail
	 */
	static SectionImage of(List<Step> steps, long address, int childDescriptor, @Nullable Fault fault) {
		return new Encoder(steps, address).encode(childDescriptor, fault);
	}

	/** The pid that the process has noted in its file: what its clone made, or 0. */
	static int made(Fd file) {
		ByteBuffer header = ByteBuffer.allocateDirect(HEADER).order(ByteOrder.nativeOrder());
		Linux.call(SystemCall.PREAD64, file.name(), file.number(), MemorySegment.ofBuffer(header).address(), HEADER, 0);
		return (int) header.getLong(MADE);
	}

	/** Notes a pid in the file, for whoever finds the keeper later. */
	static void noteMade(Fd file, int pid) {
		ByteBuffer note = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, pid);
		Linux.call(SystemCall.PWRITE64, file.name(), file.number(), MemorySegment.ofBuffer(note).address(), Long.BYTES,
				MADE);
	}

	void write(Fd file) {
		Linux.call(SystemCall.PWRITE64, file.name(), file.number(), MemorySegment.ofBuffer(this.bytes).address(),
				this.bytes.capacity(), 0);
	}

	/** The same steps with what stage0 has written since. */
	SectionImage read(Fd file) {
		ByteBuffer current = ByteBuffer.allocateDirect(this.bytes.capacity()).order(ByteOrder.nativeOrder());
		Linux.call(SystemCall.PREAD64, file.name(), file.number(), MemorySegment.ofBuffer(current).address(),
				current.capacity(), 0);
		return new SectionImage(this.steps, current, this.outputs);
	}

	ByteBuffer bytes() {
		return this.bytes;
	}

	/** The step at which the launch was given up, or -1. */
	int stopped() {
		return this.bytes.getInt(STOPPED) - 1;
	}

	/** The process that was made, 0 if none was. */
	int made() {
		return (int) this.bytes.getLong(MADE);
	}

	long result(int index) {
		return this.bytes.getLong(HEADER + index * STEP + RESULT);
	}

	/** Of the counter, 0 if the step was not reached. */
	long begin(int index) {
		return this.bytes.getLong(HEADER + index * STEP + BEGIN);
	}

	/** Of the counter, 0 if the step has not returned. */
	long end(int index) {
		return this.bytes.getLong(HEADER + index * STEP + END);
	}

	/** Where in the image the kernel writes an output. */
	int output(String name) {
		return this.outputs.get(name);
	}

	/** Lays data out and writes steps; used once. */
	private static final class Encoder {

		private final List<Step> steps;

		private final long address;

		private final Map<Step, Integer> indexes = new HashMap<>();

		private final Map<String, Integer> outputs = new HashMap<>();

		private final Map<Object, Integer> known = new HashMap<>();

		private final ByteArrayOutputStream data = new ByteArrayOutputStream();

		private final int dataStart;

		Encoder(List<Step> steps, long address) {
			this.steps = steps;
			this.address = address;
			this.dataStart = HEADER + steps.size() * STEP;
			steps.forEach((step) -> this.indexes.put(step, this.indexes.size()));
		}

		SectionImage encode(int childDescriptor, @Nullable Fault fault) {
			List<long[]> arguments = new ArrayList<>();
			for (Step step : this.steps) {
				arguments.add(step.args().stream().mapToLong(this::word).toArray());
			}
			ByteBuffer image = ByteBuffer.allocateDirect(this.dataStart + this.data.size())
				.order(ByteOrder.nativeOrder());
			image.putLong(0, MAGIC).putInt(STEPS, this.steps.size()).putLong(CHILD_DESCRIPTOR, childDescriptor);
			if (fault != null) {
				image.putInt(FAIL_STEP, fault.step() + 1).putInt(FAIL_ERRNO, fault.errno().number());
			}
			image.put(this.dataStart, this.data.toByteArray());
			for (int i = 0; i < this.steps.size(); i++) {
				put(image, HEADER + i * STEP, this.steps.get(i), arguments.get(i));
			}
			return new SectionImage(this.steps, image, this.outputs);
		}

		private void put(ByteBuffer image, int at, Step step, long[] arguments) {
			for (int a = 0; a < step.args().size(); a++) {
				image.putLong(at + a * Long.BYTES, arguments[a]);
				if (step.args().get(a) instanceof Arg.Result(Step earlier)) {
					image.putShort(at + RESULT_OF + a * Short.BYTES, (short) (indexOf(earlier) + 1));
				}
			}
			int t = 0;
			for (Errno errno : step.tolerated()) {
				image.putShort(at + TOLERATED + Short.BYTES * t++, (short) errno.number());
			}
			image.putInt(at + CALL, step.call().number());
		}

		private int indexOf(Step earlier) {
			Integer index = this.indexes.get(earlier);
			if (index == null) {
				throw new IllegalArgumentException("a step needs what another process answered: " + earlier.purpose());
			}
			return index;
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
				case Arg.Vector(List<String> values) -> place(arg, pack(LongStream
					.concat(values.stream().mapToLong((value) -> word(new Arg.Text(value))), LongStream.of(0))));
				case Arg.Output(String name, int size) -> {
					long place = place(arg, new byte[size]);
					this.outputs.put(name, (int) (place - this.address));
					yield place;
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
			return this.address + offset;
		}

		private static byte[] terminated(String value) {
			byte[] text = value.getBytes(StandardCharsets.UTF_8);
			return java.util.Arrays.copyOf(text, text.length + 1);
		}

		private static byte[] pack(LongStream words) {
			long[] values = words.toArray();
			ByteBuffer packed = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.nativeOrder());
			packed.asLongBuffer().put(values);
			return packed.array();
		}

	}

}
