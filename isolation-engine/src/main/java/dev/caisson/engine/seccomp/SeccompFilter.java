package dev.caisson.engine.seccomp;

import java.util.Objects;

/**
 * A filter ready to be installed.
 *
 * @param program an array of struct sock_filter of linux/filter.h
 * @param flags for seccomp(2)
 * @param digest SHA-256 of the program, in hexadecimal
 */
public record SeccompFilter(byte[] program, int flags, String digest) {

	/** sizeof(struct sock_filter). */
	static final int INSTRUCTION_SIZE = 8;

	public SeccompFilter {
		program = program.clone();
		if (program.length == 0 || program.length % INSTRUCTION_SIZE != 0) {
			throw new IllegalArgumentException("not a filter: " + program.length + " bytes");
		}
	}

	SeccompFilter(byte[] program, int flags) {
		this(program, flags, ProfileReader.digest(program));
	}

	@Override
	public byte[] program() {
		return this.program.clone();
	}

	/** How many instructions it has. */
	public int length() {
		return this.program.length / INSTRUCTION_SIZE;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof SeccompFilter filter && this.flags == filter.flags && this.digest.equals(filter.digest);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.flags, this.digest);
	}

	@Override
	public String toString() {
		return "seccomp filter of " + length() + " instructions, sha256 " + this.digest;
	}

}
