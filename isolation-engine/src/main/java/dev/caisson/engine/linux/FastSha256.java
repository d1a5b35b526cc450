package dev.caisson.engine.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 for long streams, by the processor's own instructions through libcrypto. The
 * JDK has them as well, but its C2 compiler alone uses them: where the JVM runs without
 * it, to start faster and smaller, a gigabyte takes six seconds and not half a second. A
 * digest is for one thread.
 */
public final class FastSha256 extends MessageDigest {

	/** More than SHA256_CTX of openssl/sha.h, 112 bytes, ever was. */
	private static final int CONTEXT = 256;

	private static final int LENGTH = 32;

	private static final int CHUNK = 64 * 1024;

	private static final @Nullable LibCrypto LIBRARY = load();

	/** Freed by the garbage collector: a digest has no close. */
	private final Arena arena = Arena.ofAuto();

	private final MemorySegment context = this.arena.allocate(CONTEXT, 8);

	private final MemorySegment buffer = this.arena.allocate(CHUNK);

	private final LibCrypto library;

	private FastSha256(LibCrypto library) {
		super("SHA-256");
		this.library = library;
		engineReset();
	}

	/** A new digest: libcrypto's if the machine has that library, else the JDK's. */
	public static MessageDigest create() {
		LibCrypto library = LIBRARY;
		return (library != null) ? new FastSha256(library) : ofJdk();
	}

	private static MessageDigest ofJdk() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has SHA-256", ex);
		}
	}

	private static @Nullable LibCrypto load() {
		try {
			LibCrypto library = LibraryLoader.create(LibCrypto.class)
				.option(LibraryOption.LoadNow, Boolean.TRUE)
				.load("libcrypto.so.3");
			boolean works = MessageDigest.isEqual(new FastSha256(library).digest(), ofJdk().digest());
			return works ? library : null;
		}
		catch (UnsatisfiedLinkError ex) {
			return null;
		}
	}

	@Override
	protected int engineGetDigestLength() {
		return LENGTH;
	}

	@Override
	protected void engineUpdate(byte input) {
		engineUpdate(new byte[] { input }, 0, 1);
	}

	@Override
	protected void engineUpdate(byte[] input, int offset, int length) {
		for (int done = 0; done < length; done += CHUNK) {
			int chunk = Math.min(CHUNK, length - done);
			MemorySegment.copy(input, offset + done, this.buffer, ValueLayout.JAVA_BYTE, 0, chunk);
			this.library.SHA256_Update(this.context.address(), this.buffer.address(), chunk);
		}
		// an address alone does not keep the memory from the garbage collector
		Reference.reachabilityFence(this);
	}

	@Override
	protected byte[] engineDigest() {
		this.library.SHA256_Final(this.buffer.address(), this.context.address());
		byte[] digest = this.buffer.asSlice(0, LENGTH).toArray(ValueLayout.JAVA_BYTE);
		engineReset();
		Reference.reachabilityFence(this);
		return digest;
	}

	@Override
	protected void engineReset() {
		this.library.SHA256_Init(this.context.address());
	}

	/** See SHA256_Init(3ssl). Pointers are addresses, so that nothing is copied twice. */
	public interface LibCrypto {

		int SHA256_Init(long context);

		int SHA256_Update(long context, long data, long length);

		int SHA256_Final(long digest, long context);

	}

}
