package dev.caisson.engine.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

import dev.caisson.engine.linux.Fd;

/** A file that is being read, by one thread. */
final class LogPart implements AutoCloseable {

	/** Of asm-generic/fcntl.h, with O_DIRECTORY as open(2) wants it. */
	private static final int O_TMPFILE = 020000000 | Fd.O_DIRECTORY;

	private final int generation;

	private Fd file;

	private boolean compressed;

	LogPart(int generation, Fd file, boolean compressed) {
		this.generation = generation;
		this.file = file;
		this.compressed = compressed;
	}

	/** Which in the order of time. */
	int generation() {
		return this.generation;
	}

	/** Its content; what is compressed is unpacked into a file without a name first. */
	Fd file() {
		if (this.compressed) {
			Fd packed = this.file;
			this.file = unpacked(packed);
			this.compressed = false;
			packed.close();
		}
		return this.file;
	}

	private static Fd unpacked(Fd packed) {
		Fd plain = Fd.open(Path.of(System.getProperty("java.io.tmpdir")), O_TMPFILE | Fd.O_RDWR, 0600);
		try (InputStream in = new GZIPInputStream(Files.newInputStream(descriptor(packed)), 1 << 16);
				OutputStream out = Files.newOutputStream(descriptor(plain))) {
			in.transferTo(out);
			return plain;
		}
		catch (IOException ex) {
			plain.close();
			throw new UncheckedIOException("unpack " + packed.name() + ": " + ex.getMessage(), ex);
		}
	}

	private static Path descriptor(Fd fd) {
		return Path.of("/proc/self/fd", Integer.toString(fd.number()));
	}

	@Override
	public void close() {
		this.file.close();
	}

}
