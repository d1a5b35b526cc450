package dev.caisson.platform.build.source;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarEntry.Kind;
import dev.caisson.engine.tar.TarReader;
import dev.caisson.engine.tar.TarWriter;

/** Archives as tests want them, and what is in others. */
final class Archive {

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	private final TarWriter tar = new TarWriter(this.bytes);

	Archive file(String name, String content) {
		return file(name, content, 0644, 7, 0);
	}

	Archive file(String name, String content, int mode, int uid, long time) {
		byte[] data = content.getBytes(StandardCharsets.UTF_8);
		return put(new TarEntry(Kind.FILE, name, "", mode, uid, uid, data.length, data.length, time, 0, 0, 0, Map.of(),
				null), data);
	}

	Archive directory(String name, int mode) {
		return put(new TarEntry(Kind.DIRECTORY, name, "", mode, 7, 7, 0, 0, 0, 0, 0, 0, Map.of(), null), null);
	}

	Archive link(String name, String target) {
		return put(new TarEntry(Kind.SYMBOLIC_LINK, name, target, 0777, 7, 7, 0, 0, 0, 0, 0, 0, Map.of(), null), null);
	}

	Archive hardLink(String name, String target) {
		return put(new TarEntry(Kind.HARD_LINK, name, target, 0644, 7, 7, 0, 0, 0, 0, 0, 0, Map.of(), null), null);
	}

	private Archive put(TarEntry entry, byte[] data) {
		try {
			this.tar.put(entry);
			if (data != null) {
				this.tar.write(data, data.length);
				this.tar.endFile();
			}
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	byte[] bytes() throws IOException {
		this.tar.close();
		return this.bytes.toByteArray();
	}

	/** Reads it as a context. */
	BuildContext context(Path directory) throws IOException {
		return context(directory, ContextLimits.DEFAULT);
	}

	BuildContext context(Path directory, ContextLimits limits) throws IOException {
		return BuildContext.read(new ByteArrayInputStream(bytes()), directory, limits);
	}

	/** What an archive has: by name the kind, mode, owner, and content or target. */
	static Map<String, String> list(byte[] archive) throws IOException {
		Map<String, String> all = new TreeMap<>();
		TarReader tar = new TarReader(new ByteArrayInputStream(archive), 1 << 20);
		for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
			ByteArrayOutputStream content = new ByteArrayOutputStream();
			tar.transfer(content::write, entry.stored());
			all.put(entry.name(),
					"%s %o %d:%d %s"
						.formatted(entry.kind(), entry.mode(), entry.uid(), entry.gid(),
								(entry.kind() == Kind.FILE) ? content : entry.linkName())
						.strip());
		}
		return all;
	}

}
