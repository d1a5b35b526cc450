package dev.caisson.platform.build.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

import dev.caisson.engine.linux.FastSha256;
import dev.caisson.engine.tar.TarEntry;

/**
 * What files are, as far as a copy of them would show, but for their times: a checkout
 * gives files new times and no new content.
 */
public final class Fingerprint {

	private final MessageDigest digest = FastSha256.create();

	private final boolean withOwners;

	private Fingerprint(boolean withOwners) {
		this.withOwners = withOwners;
	}

	/**
	 * The fingerprint in hex.
	 * @param withOwners whether the copies keep their owners
	 */
	public static String of(List<Source> sources, boolean withOwners) throws IOException {
		Fingerprint fingerprint = new Fingerprint(withOwners);
		for (Source source : sources) {
			fingerprint.add(source.name(), source.file());
		}
		return HexFormat.of().formatHex(fingerprint.digest.digest());
	}

	private void add(String path, SourceFile file) throws IOException {
		TarEntry entry = file.entry();
		text(path);
		text(entry.kind() + " " + entry.mode() + " " + entry.size() + " " + entry.major() + ":" + entry.minor());
		text(this.withOwners ? entry.uid() + ":" + entry.gid() : "");
		text(entry.linkName());
		text(new TreeMap<>(entry.attributes()).toString());
		text(file.isFile() ? file.digest() : "");
		if (file.isDirectory()) {
			for (String name : file.names()) {
				add(path + "/" + name, Objects.requireNonNull(file.child(name)));
			}
		}
	}

	/** With its length, so that no two lists of texts look the same. */
	private void text(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		this.digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
		this.digest.update(bytes);
	}

}
