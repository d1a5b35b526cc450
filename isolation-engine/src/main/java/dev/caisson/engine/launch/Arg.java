package dev.caisson.engine.launch;

import java.util.List;

/**
 * An argument of a step: a number, or something that lies in the memory of the plan and
 * is passed by its address.
 */
public sealed interface Arg {

	/** A null pointer, or no argument. */
	Arg NULL = new Number(0, "NULL");

	/**
	 * A number.
	 *
	 * @param value its value
	 * @param text how strace(1) would print it
	 */
	record Number(long value, String text) implements Arg {
	}

	/**
	 * A C string.
	 *
	 * @param value without its NUL
	 */
	record Text(String value) implements Arg {

		public Text {
			if (value.indexOf('\0') >= 0) {
				throw new IllegalArgumentException("a NUL byte in an argument of a launch plan");
			}
		}

	}

	/**
	 * Bytes that the kernel reads.
	 *
	 * @param value the bytes
	 * @param text how they are shown
	 */
	record Bytes(byte[] value, String text) implements Arg {
	}

	/**
	 * A structure of 64-bit words, some of which may be addresses: sock_fprog,
	 * clone_args.
	 *
	 * @param words its fields, in order
	 * @param text how it is shown
	 */
	record Struct(List<Arg> words, String text) implements Arg {

		public Struct {
			words = List.copyOf(words);
		}

	}

	/**
	 * An array of addresses of C strings that ends with NULL: argv, envp.
	 *
	 * @param values the strings
	 */
	record Vector(List<String> values) implements Arg {

		public Vector {
			values = List.copyOf(values);
		}

	}

	/**
	 * Zeroed memory that the kernel writes. The same output may be given to several
	 * steps, so that one reads what another wrote.
	 *
	 * @param name its name, unique within the plan
	 * @param size bytes
	 */
	record Output(String name, int size) implements Arg {
	}

	/**
	 * A descriptor that the keeper is given at its start.
	 *
	 * @param number its number in the keeper
	 * @param name what it is
	 */
	record Descriptor(int number, String name) implements Arg {
	}

	/**
	 * The result of an earlier step.
	 *
	 * @param step that step
	 */
	record Result(Step step) implements Arg {
	}

	static Arg number(long value) {
		return new Number(value, Long.toString(value));
	}

	/** A set of flags, with the names that strace(1) would print. */
	static Arg flags(long value, String names) {
		return new Number(value, names);
	}

	static Arg text(String value) {
		return new Text(value);
	}

	static Arg result(Step step) {
		return new Result(step);
	}

}
