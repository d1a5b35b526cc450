package dev.caisson.engine.image;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What the name of an archive's member says about the layer in it, so that a layer in the
 * store need not be read again. The configuration has the last word: it names the digest
 * of the layer that it wants, and only a verified one is ever used.
 *
 * @param hex 64 digits out of the name
 * @param address whether they claim to be the digest of the member's content; else they
 * are a label, such as the ids in what {@code docker save} wrote before version 25
 */
record LayerName(String hex, boolean address) {

	private static final Pattern ADDRESS = Pattern.compile("blobs/sha256/([0-9a-f]{64})");

	private static final Pattern LABEL = Pattern.compile("([0-9a-f]{64})(?:/layer\\.tar|\\.tar(?:\\.gz|\\.zst)?)");

	static @Nullable LayerName of(String member) {
		Matcher address = ADDRESS.matcher(member);
		if (address.matches()) {
			return new LayerName(address.group(1), true);
		}
		Matcher label = LABEL.matcher(member);
		return label.matches() ? new LayerName(label.group(1), false) : null;
	}

}
