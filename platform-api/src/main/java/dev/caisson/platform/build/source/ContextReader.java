package dev.caisson.platform.build.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.image.Compression;
import dev.caisson.engine.linux.FastSha256;
import dev.caisson.engine.tar.InvalidTarException;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarEntry.Kind;
import dev.caisson.engine.tar.TarReader;

/** Reads a context's archive into a tree. For one thread. */
final class ContextReader {

	private static final int LONGEST_HEADER = 1 << 20;

	private static final int IMPLIED_MODE = 0755;

	private final Spool spool;

	private final ContextLimits limits;

	private final ContextFile root = new ContextFile(directory(IMPLIED_MODE), null);

	private long entries;

	private long bytes;

	private long nameBytes;

	ContextReader(Spool spool, ContextLimits limits) {
		this.spool = spool;
		this.limits = limits;
	}

	ContextFile read(InputStream archive) throws IOException {
		try (InputStream plain = Compression.unpackAny(archive)) {
			TarReader tar = new TarReader(plain, LONGEST_HEADER);
			for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
				count(entry);
				place(entry, tar);
			}
			tar.drain();
			return this.root;
		}
		catch (InvalidTarException ex) {
			throw new CopyException("build context: " + ex.getMessage());
		}
	}

	private void count(TarEntry entry) {
		this.entries++;
		this.nameBytes += entry.name().length() + entry.linkName().length();
		this.bytes += entry.size();
		if (this.entries > this.limits.entries()) {
			throw tooMuch(this.limits.entries() + " files");
		}
		if (entry.size() > this.limits.bytes() || this.bytes > this.limits.bytes()) {
			throw tooMuch(this.limits.bytes() + " bytes");
		}
		if (this.nameBytes > this.limits.nameBytes()) {
			throw tooMuch(this.limits.nameBytes() + " bytes of names");
		}
	}

	private static CopyException tooMuch(String limit) {
		return new CopyException("build context: more than " + limit + "; exclude some with a .dockerignore file");
	}

	private void place(TarEntry entry, TarReader tar) throws IOException {
		List<String> path = Found.names(entry.name());
		if (path.contains("..")) {
			throw refused(entry, "leads out of the context");
		}
		if (path.size() > this.limits.depth()) {
			throw refused(entry, "is more than " + this.limits.depth() + " directories deep");
		}
		if (path.isEmpty()) {
			return;
		}
		ContextFile parent = directory(entry, path.subList(0, path.size() - 1));
		String name = path.getLast();
		ContextFile old = parent.child(name);
		parent.put(name, switch (entry.kind()) {
			case FILE -> new ContextFile(nameless(entry), store(entry, tar));
			case HARD_LINK -> linked(entry);
			case DIRECTORY ->
				(old != null && old.isDirectory()) ? old.like(nameless(entry)) : new ContextFile(nameless(entry), null);
			case SYMBOLIC_LINK, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> new ContextFile(nameless(entry), null);
		});
	}

	private ContextFile directory(TarEntry entry, List<String> path) {
		ContextFile here = this.root;
		for (String name : path) {
			ContextFile next = here.child(name);
			if (next == null) {
				next = new ContextFile(directory(IMPLIED_MODE), null);
				here.put(name, next);
			}
			if (!next.isDirectory()) {
				throw refused(entry, "is below something that is no directory");
			}
			here = next;
		}
		return here;
	}

	private ContextFile linked(TarEntry entry) {
		ContextFile here = this.root;
		for (String name : Found.names(entry.linkName())) {
			ContextFile next = (here != null) ? here.child(name) : null;
			here = next;
		}
		if (here == null || !here.isFile()) {
			throw refused(entry, "is a link to " + TarEntry.show(entry.linkName()) + ", which is no file of it");
		}
		return here;
	}

	private ContextFile.Content store(TarEntry entry, TarReader tar) throws IOException {
		MessageDigest digest = FastSha256.create();
		long position = this.spool.position();
		if (entry.extents() != null) {
			digest.update(entry.extents().toString().getBytes(StandardCharsets.US_ASCII));
		}
		tar.transfer((buffer, offset, length) -> {
			digest.update(buffer, offset, length);
			this.spool.write(buffer, offset, length);
		}, entry.stored());
		return new ContextFile.Content(this.spool, position, HexFormat.of().formatHex(digest.digest()));
	}

	/** Names are in the tree already. */
	private static TarEntry nameless(TarEntry entry) {
		return new TarEntry(entry.kind(), "", entry.linkName(), entry.mode(), entry.uid(), entry.gid(), entry.size(),
				entry.stored(), entry.modifiedSeconds(), entry.modifiedNanos(), entry.major(), entry.minor(),
				entry.attributes(), entry.extents());
	}

	private static TarEntry directory(int mode) {
		return new TarEntry(Kind.DIRECTORY, "", "", mode, 0, 0, 0, 0, 0, 0, 0, 0, Map.of(), null);
	}

	private static CopyException refused(TarEntry entry, String why) {
		return new CopyException("build context: " + TarEntry.show(entry.name()) + " " + why);
	}

}
