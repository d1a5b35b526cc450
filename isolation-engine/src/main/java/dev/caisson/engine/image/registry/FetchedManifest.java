package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.io.UncheckedIOException;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.Manifest;
import dev.caisson.engine.image.registry.RegistryException.Kind;

/**
 * A manifest as a registry served it.
 *
 * @param manifest what it says
 * @param digest of its bytes
 * @param bytes as they came
 */
record FetchedManifest(Manifest manifest, Digest digest, byte[] bytes) {

	private static final String ACCEPTED = String.join(", ", Manifest.OCI_INDEX, Manifest.OCI_IMAGE,
			Manifest.DOCKER_LIST, Manifest.DOCKER_IMAGE);

	/**
	 * Fetches a manifest, and verifies it.
	 * @param tagOrDigest which one
	 * @throws RegistryException if it cannot be had, or is not what was asked for
	 */
	static FetchedManifest fetch(Session session, ImageReference repository, String tagOrDigest, String scope) {
		Call call = Call.get(session.endpoint().manifest(repository, tagOrDigest), scope).with("Accept", ACCEPTED);
		try (Answer answer = session.send(call)) {
			if (!answer.isSuccess()) {
				throw answer.failure(tagOrDigest);
			}
			byte[] bytes = answer.bytes(Manifest.MAX_BYTES, "manifest " + tagOrDigest);
			Digest digest = Digest.ofBytes(bytes);
			verify(tagOrDigest, answer.header("Docker-Content-Digest"), digest);
			String type = answer.header("Content-Type").split(";")[0].strip();
			return new FetchedManifest(Manifest.parse(bytes, type), digest, bytes);
		}
		catch (IOException ex) {
			throw new RegistryException(Kind.UNAVAILABLE, "manifest " + tagOrDigest + ": " + ex.getMessage(), ex);
		}
		catch (UncheckedIOException ex) {
			throw new RegistryException(Kind.UNAVAILABLE, "manifest " + tagOrDigest + ": " + ex.getMessage(), ex);
		}
	}

	/** What was asked for by its digest has that one, whatever the server says. */
	private static void verify(String tagOrDigest, String declared, Digest digest) {
		boolean byDigest = tagOrDigest.indexOf(':') >= 0;
		String wanted = byDigest ? tagOrDigest : declared;
		if (wanted.startsWith("sha256:") ? !wanted.equals(digest.toString()) : byDigest) {
			throw new RegistryException(Kind.MALFORMED,
					"manifest " + tagOrDigest + ": is not " + Answer.printable(wanted) + " but " + digest);
		}
	}

}
