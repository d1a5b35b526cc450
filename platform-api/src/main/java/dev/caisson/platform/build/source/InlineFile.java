package dev.caisson.platform.build.source;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.linux.FastSha256;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarEntry.Kind;
import org.jspecify.annotations.Nullable;

/** A file whose content stands in a Dockerfile. Immutable. */
public final class InlineFile implements SourceFile {

	private final byte[] content;

	private final TarEntry entry;

	public InlineFile(String content) {
		this.content = content.getBytes(StandardCharsets.UTF_8);
		this.entry = new TarEntry(Kind.FILE, "", "", 0644, 0, 0, this.content.length, this.content.length, 0, 0, 0, 0,
				Map.of(), null);
	}

	@Override
	public TarEntry entry() {
		return this.entry;
	}

	@Override
	public @Nullable SourceFile child(String name) {
		return null;
	}

	@Override
	public List<String> names() {
		return List.of();
	}

	@Override
	public InputStream open() {
		return new ByteArrayInputStream(this.content);
	}

	@Override
	public String digest() {
		MessageDigest digest = FastSha256.create();
		digest.update(this.content);
		return HexFormat.of().formatHex(digest.digest());
	}

}
