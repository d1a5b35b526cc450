package dev.caisson.engine.image.registry;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import dev.caisson.engine.image.Descriptor;
import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.ImageDispatch;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.Manifest;
import dev.caisson.engine.image.registry.RegistryException.Kind;
import dev.caisson.engine.image.registry.TransferEvent.LayerProgress;
import dev.caisson.engine.image.registry.TransferEvent.LayerState;
import dev.caisson.engine.image.registry.TransferEvent.Pushed;
import dev.caisson.engine.image.registry.TransferEvent.Pushing;
import dev.caisson.engine.image.registry.TransferEvent.State;

/**
 * Sends one image by one session: what the registry does not have, and then the manifest,
 * by which the image appears there (OCI distribution specification, "Pushing"). For one
 * thread.
 */
final class Push {

	private static final String BINARY = "application/octet-stream";

	private final Session session;

	private final ImageDispatch image;

	private final ImageReference reference;

	private final List<ImageReference> elsewhere;

	private final Consumer<TransferEvent> events;

	private final String scope;

	/**
	 * @param reference with a tag
	 * @param elsewhere what the image is called in other repositories of this registry,
	 * which may have its layers
	 */
	Push(Session session, ImageDispatch image, ImageReference reference, List<ImageReference> elsewhere,
			Consumer<TransferEvent> events) {
		this.session = session;
		this.image = image;
		this.reference = reference;
		this.elsewhere = elsewhere;
		this.events = events;
		this.scope = scope(reference, "pull,push");
	}

	private static String scope(ImageReference repository, String actions) {
		return "repository:" + repository.path() + ":" + actions;
	}

	/** The digest under which the registry has the image. */
	Digest run() throws IOException {
		requireEntry();
		this.events.accept(new Pushing(this.reference));
		byte[] bytes = this.image.manifest();
		if (!(Manifest.parse(bytes, "") instanceof Manifest.Single manifest)) {
			throw new IllegalStateException("an image is given out by its own manifest");
		}
		Set<Descriptor> layers = new LinkedHashSet<>(manifest.layers());
		layers.forEach((layer) -> tell(layer, State.PREPARING));
		layers.forEach((layer) -> tell(layer, send(layer)));
		if (!isThere(manifest.config())) {
			upload(manifest.config(), (sent) -> {
			});
		}
		publish(manifest, bytes);
		Digest digest = Digest.ofBytes(bytes);
		this.events.accept(new Pushed(this.reference, digest, bytes.length));
		return digest;
	}

	/** Whoever may not come in is told before anything else is. */
	private void requireEntry() {
		try (Answer answer = this.session.send(Call
			.head(this.session.endpoint().blob(this.reference, Digest.ofBytes(new byte[0]).toString()), this.scope))) {
			if (!answer.isSuccess() && answer.status() != 404) {
				throw answer.failure("push to " + this.reference.name());
			}
		}
	}

	private void tell(Descriptor layer, State state) {
		this.events.accept(new LayerState(layer.digest(), state));
	}

	private State send(Descriptor layer) {
		if (isThere(layer)) {
			return State.PRESENT;
		}
		if (mount(layer)) {
			return State.MOUNTED;
		}
		upload(layer, new StepwiseProgress(layer.size(),
				(sent) -> this.events.accept(new LayerProgress(layer.digest(), sent, layer.size()))));
		return State.PUSHED;
	}

	private boolean isThere(Descriptor blob) {
		try (Answer answer = this.session
			.send(Call.head(this.session.endpoint().blob(this.reference, blob.digest().toString()), this.scope))) {
			if (!answer.isSuccess() && answer.status() != 404) {
				throw answer.failure("blob " + blob.digest());
			}
			return answer.isSuccess();
		}
	}

	/** A registry that does not do it begins an upload instead, which we leave alone. */
	private boolean mount(Descriptor blob) {
		for (ImageReference other : this.elsewhere) {
			URI uri = this.session.endpoint()
				.blob(this.reference, "uploads/?mount=" + blob.digest() + "&from="
						+ URLEncoder.encode(other.path(), StandardCharsets.UTF_8));
			try (Answer answer = this.session.send(Call.post(uri, this.scope + " " + scope(other, "pull")))) {
				if (answer.status() == 201) {
					return true;
				}
			}
		}
		return false;
	}

	private void upload(Descriptor blob, LongConsumer progress) {
		URI target = begin();
		URI whole = URI.create(target + ((target.getRawQuery() == null) ? "?" : "&") + "digest=" + blob.digest());
		Call.Body body = new Call.Body(blob.size(), () -> new Counted(this.image.open(blob.digest()), progress));
		try (Answer answer = this.session.send(Call.put(whole, BINARY, body, this.scope))) {
			if (!answer.isSuccess()) {
				throw answer.failure("blob " + blob.digest());
			}
		}
	}

	private URI begin() {
		URI uri = this.session.endpoint().blob(this.reference, "uploads/");
		try (Answer answer = this.session.send(Call.post(uri, this.scope))) {
			if (answer.status() != 202) {
				throw answer.failure("upload to " + this.reference.name());
			}
			return this.session.target(uri, answer.header("Location"));
		}
	}

	private void publish(Manifest.Single manifest, byte[] bytes) {
		URI uri = this.session.endpoint().manifest(this.reference, String.valueOf(this.reference.tag()));
		Call.Body body = new Call.Body(bytes.length, () -> new ByteArrayInputStream(bytes));
		try (Answer answer = this.session.send(Call.put(uri, manifest.mediaType(), body, this.scope))) {
			if (!answer.isSuccess()) {
				throw answer.failure("manifest of " + this.reference.familiar());
			}
			String digest = answer.header("Docker-Content-Digest");
			if (digest.startsWith("sha256:") && !digest.equals(Digest.ofBytes(bytes).toString())) {
				throw new RegistryException(Kind.MALFORMED,
						"manifest of " + this.reference.familiar() + ": the registry has made another of it");
			}
		}
	}

	/** Tells how much was read. */
	private static final class Counted extends FilterInputStream {

		private final LongConsumer progress;

		private long count;

		Counted(InputStream in, LongConsumer progress) {
			super(in);
			this.progress = progress;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int read = super.read(bytes, offset, length);
			if (read > 0) {
				this.count += read;
				this.progress.accept(this.count);
			}
			return read;
		}

	}

}
