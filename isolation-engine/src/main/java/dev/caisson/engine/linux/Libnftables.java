package dev.caisson.engine.linux;

import java.lang.foreign.Arena;

import jnr.ffi.LibraryLoader;

/**
 * Runs commands of nft(8) in this process, see libnftables(3): all commands of one call
 * are one transaction. Works in the network namespace of the thread that opened it. Safe
 * for use by many threads, one at a time.
 */
public final class Libnftables implements AutoCloseable {

	/** Of nftables/libnftables.h. */
	private static final int OUTPUT_JSON = 1 << 4, OUTPUT_TERSE = 1 << 11;

	private long context;

	public Libnftables() {
		this.context = Loaded.LIBRARY.nft_ctx_new(0);
		if (this.context == 0) {
			throw new LinuxException("nft_ctx_new", "nftables", Errno.ENOMEM);
		}
		Loaded.LIBRARY.nft_ctx_buffer_output(this.context);
		Loaded.LIBRARY.nft_ctx_buffer_error(this.context);
	}

	/**
	 * Runs commands.
	 * @param what they are for, for the error message
	 * @throws LinuxException if any of them was refused; then none has been done
	 */
	public void run(String what, String commands) {
		run(what, commands, 0);
	}

	/** Lists rules, without the elements of sets, as nft(8) prints them. */
	public String listTerse(String what, String command) {
		return run(what, command, OUTPUT_TERSE);
	}

	/** Lists rules with everything, as libnftables-json(5). */
	public String listJson(String what, String command) {
		return run(what, command, OUTPUT_JSON);
	}

	private synchronized String run(String what, String commands, int flags) {
		if (this.context == 0) {
			throw new LinuxException("nft", what, Errno.EBADF, "it is closed");
		}
		try (Arena arena = Arena.ofConfined()) {
			Loaded.LIBRARY.nft_ctx_output_set_flags(this.context, flags);
			int result = Loaded.LIBRARY.nft_run_cmd_from_buffer(this.context, Linux.text(arena, commands).address());
			String output = Loaded.LIBRARY.nft_ctx_get_output_buffer(this.context);
			String error = Loaded.LIBRARY.nft_ctx_get_error_buffer(this.context);
			if (result != 0) {
				throw failure(what, error.lines().findFirst().orElse("refused"));
			}
			return output;
		}
	}

	/** The library tells the error as text alone. */
	private static LinuxException failure(String what, String message) {
		Errno errno = Errno.EINVAL;
		for (Errno candidate : Errno.values()) {
			if (message.toLowerCase(java.util.Locale.ROOT).endsWith(candidate.description())) {
				errno = candidate;
			}
		}
		return new LinuxException("nft", what, errno, message);
	}

	@Override
	public synchronized void close() {
		if (this.context != 0) {
			Loaded.LIBRARY.nft_ctx_free(this.context);
			this.context = 0;
		}
	}

	/** The functions of nftables/libnftables.h, loaded when first needed. */
	public interface Library {

		/** See libnftables(3). */
		long nft_ctx_new(int flags);

		/** See libnftables(3). */
		void nft_ctx_free(long context);

		/** See libnftables(3). */
		void nft_ctx_output_set_flags(long context, int flags);

		/** See libnftables(3). */
		int nft_ctx_buffer_output(long context);

		/** See libnftables(3). */
		int nft_ctx_buffer_error(long context);

		/** See libnftables(3). */
		String nft_ctx_get_output_buffer(long context);

		/** See libnftables(3). */
		String nft_ctx_get_error_buffer(long context);

		/** See libnftables(3). */
		int nft_run_cmd_from_buffer(long context, long commands);

	}

	/** Loads the library when it is first needed. */
	private static final class Loaded {

		static final Library LIBRARY = LibraryLoader.create(Library.class).load("libnftables.so.1");

	}

}
