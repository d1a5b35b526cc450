package dev.caisson.engine.image;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An image's name by Docker's grammar: {@code [domain/]path[:tag][@digest]}. It is held
 * in canonical form, {@code docker.io/library/busybox}, and shown to people in the
 * familiar one, {@code busybox}. The grammar is that of github.com/distribution/reference
 * (regexp.go and normalize.go).
 *
 * @param domain the registry, {@code docker.io} where none was given
 * @param path the repository in it
 * @param tag the tag, or null
 * @param digest of the manifest, or null
 */
public record ImageReference(String domain, String path, @Nullable String tag,
		@Nullable Digest digest) implements Comparable<ImageReference> {

	private static final String DEFAULT_DOMAIN = "docker.io";

	private static final String LEGACY_DOMAIN = "index.docker.io";

	private static final String OFFICIAL = "library/";

	private static final String DEFAULT_TAG = "latest";

	private static final int MAX_NAME = 255;

	/** Name, tag and digest of the longest kinds; more is not worth matching. */
	private static final int MAX_TEXT = 1024;

	private static final Pattern DOMAIN = Pattern
		.compile("(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
				+ "|\\[[a-fA-F0-9:]+])(?::[0-9]+)?");

	private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";

	private static final Pattern PATH = Pattern.compile(COMPONENT + "(?:/" + COMPONENT + ")*");

	private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");

	private static final Pattern BARE_ID = Pattern.compile("[a-f0-9]{64}");

	/**
	 * What follows the name: a tag has no slash in it, which a port's colon has behind
	 * it.
	 */
	private static final Pattern PARTS = Pattern.compile("([^@]*?)(?::([^:/@]*))?(?:@(.*))?");

	public ImageReference {
		String name = domain + "/" + path;
		if (!DOMAIN.matcher(domain).matches() || !PATH.matcher(path).matches()
				|| (tag != null && !TAG.matcher(tag).matches())) {
			throw new InvalidReferenceException(name, "invalid reference format");
		}
		if (name.length() > MAX_NAME) {
			throw new InvalidReferenceException(name,
					"repository name must not be more than " + MAX_NAME + " characters");
		}
	}

	/**
	 * Parses a name as people write it.
	 * @throws InvalidReferenceException with Docker's wording, if it is none
	 */
	public static ImageReference parse(String text) {
		if (BARE_ID.matcher(text).matches()) {
			throw new InvalidReferenceException(text,
					"invalid repository name (" + text + "), cannot specify 64-byte hexadecimal strings");
		}
		Matcher parts = PARTS.matcher(text);
		if (text.length() > MAX_TEXT || !parts.matches()) {
			throw malformed(text);
		}
		String name = parts.group(1);
		String tag = parts.group(2);
		String domain = domain(name);
		String path = (domain.isEmpty()) ? name : name.substring(domain.length() + 1);
		if (domain.isEmpty() || domain.equals(LEGACY_DOMAIN)) {
			domain = DEFAULT_DOMAIN;
		}
		if (domain.equals(DEFAULT_DOMAIN) && path.indexOf('/') < 0) {
			path = OFFICIAL + path;
		}
		if (!path.equals(path.toLowerCase(Locale.ROOT))) {
			throw new InvalidReferenceException(text,
					"invalid reference format: repository name (" + path + ") must be lowercase");
		}
		Digest digest = (parts.group(3) != null) ? digest(text, parts.group(3)) : null;
		return new ImageReference(domain, path, tag, digest);
	}

	/** The part before the first slash, if it is a host and not the path's beginning. */
	private static String domain(String name) {
		int slash = name.indexOf('/');
		String first = (slash < 0) ? "" : name.substring(0, slash);
		boolean host = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost")
				|| !first.equals(first.toLowerCase(Locale.ROOT));
		return host ? first : "";
	}

	private static Digest digest(String text, String digest) {
		try {
			return Digest.parse(digest);
		}
		catch (IllegalArgumentException ex) {
			throw malformed(text);
		}
	}

	private static InvalidReferenceException malformed(String text) {
		return new InvalidReferenceException(text, "invalid reference format");
	}

	/** {@code docker.io/library/busybox}. */
	public String name() {
		return this.domain + "/" + this.path;
	}

	/** {@code busybox}. */
	public String familiarName() {
		if (!this.domain.equals(DEFAULT_DOMAIN)) {
			return name();
		}
		// library/a/b is not an official image: its prefix has to stay
		boolean official = this.path.startsWith(OFFICIAL) && this.path.indexOf('/', OFFICIAL.length()) < 0;
		return official ? this.path.substring(OFFICIAL.length()) : this.path;
	}

	/** {@code docker.io/library/busybox:latest}: unique, and what parses back to this. */
	public String canonical() {
		return name() + suffix();
	}

	/** {@code busybox:latest}: what Docker shows. */
	public String familiar() {
		return familiarName() + suffix();
	}

	private String suffix() {
		return ((this.tag != null) ? ":" + this.tag : "") + ((this.digest != null) ? "@" + this.digest : "");
	}

	/** This, with the tag {@code latest} if it has neither tag nor digest. */
	public ImageReference withDefaultTag() {
		return (this.tag == null && this.digest == null) ? new ImageReference(this.domain, this.path, DEFAULT_TAG, null)
				: this;
	}

	@Override
	public int compareTo(ImageReference other) {
		return canonical().compareTo(other.canonical());
	}

	/** The familiar form. */
	@Override
	public String toString() {
		return familiar();
	}

}
