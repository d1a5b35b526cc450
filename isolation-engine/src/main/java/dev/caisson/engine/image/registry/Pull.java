package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.image.Descriptor;
import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.ImageReception;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.Manifest;
import dev.caisson.engine.image.Platform;
import dev.caisson.engine.image.registry.RegistryException.Kind;
import dev.caisson.engine.image.registry.TransferEvent.LayerProgress;
import dev.caisson.engine.image.registry.TransferEvent.LayerState;
import dev.caisson.engine.image.registry.TransferEvent.Pulled;
import dev.caisson.engine.image.registry.TransferEvent.Pulling;
import dev.caisson.engine.image.registry.TransferEvent.State;
import dev.caisson.engine.image.trust.ImagePolicy;
import dev.caisson.engine.image.trust.ImageSignature;

/**
 * Fetches one image by one session. Its layers come side by side, each unpacked while it
 * comes.
 */
final class Pull {

	/** As many as Docker fetches at once. */
	private static final int SIDE_BY_SIDE = 3;

	/** Of a configuration, as for one in an archive. */
	private static final int MAX_CONFIG = 8 << 20;

	private final Session session;

	private final ImageStore store;

	private final ImageReference reference;

	private final @Nullable Platform platform;

	private final ImagePolicy policy;

	private final Consumer<TransferEvent> events;

	private final String scope;

	/**
	 * @param reference with a tag or a digest
	 * @param platform that is wanted, or null for this machine's
	 */
	Pull(Session session, ImageStore store, ImageReference reference, @Nullable Platform platform, ImagePolicy policy,
			Consumer<TransferEvent> events) {
		this.session = session;
		this.store = store;
		this.reference = reference;
		this.platform = platform;
		this.policy = policy;
		this.events = serial(events);
		this.scope = "repository:" + reference.path() + ":pull";
	}

	private static Consumer<TransferEvent> serial(Consumer<TransferEvent> events) {
		Object turn = new Object();
		return (event) -> {
			synchronized (turn) {
				events.accept(event);
			}
		};
	}

	Image run() {
		this.policy.admit(this.reference);
		FetchedManifest named = fetch();
		FetchedManifest image = (named.manifest() instanceof Manifest.Index index) ? fetch(choose(index).toString())
				: named;
		if (!(image.manifest() instanceof Manifest.Single manifest)) {
			throw new RegistryException(Kind.MALFORMED, "manifest " + image.digest() + ": an index in an index");
		}
		ImageSignature signature = signature(named);
		this.store.requireSpace(manifest.size());
		this.events.accept(new Pulling(this.reference));
		try (ImageReception reception = this.store.receive(config(manifest.config()), image.bytes())) {
			verifyPlatform(reception.platform());
			fetchLayers(reception);
			return keep(reception, named.digest(), signature);
		}
	}

	/** Only looks at what there is. */
	Registries.Offer look() {
		FetchedManifest named = fetch();
		Descriptor manifest = new Descriptor(named.manifest().mediaType(), named.digest(), named.bytes().length, null);
		return new Registries.Offer(manifest, switch (named.manifest()) {
			case Manifest.Index index ->
				index.manifests().stream().map(Descriptor::platform).filter(Objects::nonNull).toList();
			case Manifest.Single image -> List.of(Platform.ofConfig(config(image.config())));
		});
	}

	private FetchedManifest fetch() {
		return fetch((this.reference.digest() != null) ? this.reference.digest().toString()
				: String.valueOf(this.reference.tag()));
	}

	private FetchedManifest fetch(String tagOrDigest) {
		return FetchedManifest.fetch(this.session, this.reference, tagOrDigest, this.scope);
	}

	/** What is signed is what the name stands for: the index, if there is one. */
	private @Nullable ImageSignature signature(FetchedManifest named) {
		if (!this.policy.requiresSignature()) {
			return null;
		}
		return this.policy.admit(this.reference, Set.of(named.digest()),
				new Signatures(this.session, this.reference, this.scope).of(named.digest()));
	}

	private Digest choose(Manifest.Index index) {
		Platform wanted = (this.platform != null) ? this.platform : Platform.host();
		for (Descriptor each : index.manifests()) {
			if (each.platform() != null && each.platform().runsOn(wanted)) {
				return each.digest();
			}
		}
		throw new RegistryException(Kind.NOT_FOUND,
				"no matching manifest for " + wanted + " in the manifest list entries");
	}

	private void verifyPlatform(Platform actual) {
		if (!actual.os().equals(Platform.host().os())) {
			throw new RegistryException(Kind.MALFORMED,
					"image operating system \"" + actual.os() + "\" cannot be used on this platform");
		}
		if (this.platform != null && !actual.runsOn(this.platform)) {
			throw new RegistryException(Kind.NOT_FOUND,
					"image with reference " + this.reference.familiar()
							+ " was found but does not match the specified platform: wanted " + this.platform
							+ ", actual: " + actual);
		}
	}

	private byte[] config(Descriptor config) {
		if (config.size() > MAX_CONFIG) {
			throw new RegistryException(Kind.MALFORMED, "image configuration: more than " + MAX_CONFIG + " bytes");
		}
		try (BlobDownload in = download(config)) {
			byte[] bytes = in.readAllBytes();
			if (!Digest.ofBytes(bytes).equals(config.digest())) {
				throw new RegistryException(Kind.MALFORMED,
						"image configuration: is not " + config.digest() + " but " + Digest.ofBytes(bytes));
			}
			return bytes;
		}
		catch (IOException ex) {
			throw failed(config.digest(), ex);
		}
	}

	private BlobDownload download(Descriptor blob) {
		return new BlobDownload(this.session, this.session.endpoint().blob(this.reference, blob.digest().toString()),
				this.scope, blob);
	}

	private RegistryException failed(Digest blob, IOException ex) {
		return new RegistryException(Kind.UNAVAILABLE,
				"registry " + this.session.endpoint().host() + ": blob " + blob + ": " + ex.getMessage(), ex);
	}

	private void fetchLayers(ImageReception reception) {
		List<Digest> wanted = new ArrayList<>();
		for (Digest diffId : reception.diffIds()) {
			boolean present = reception.has(diffId);
			this.events
				.accept(new LayerState(reception.descriptor(diffId).digest(), present ? State.PRESENT : State.WAITING));
			if (!present) {
				wanted.add(diffId);
			}
		}
		if (wanted.isEmpty()) {
			return;
		}
		// each hashes and unpacks as well, which is no work for virtual threads
		try (ExecutorService threads = Executors.newFixedThreadPool(Math.min(SIDE_BY_SIDE, wanted.size()),
				Thread.ofPlatform().name("image-pull-", 0).daemon().factory())) {
			fetchAll(wanted, reception, threads);
		}
	}

	/**
	 * The first failure ends all; the layers' threads are gone when the pool is closed.
	 */
	private void fetchAll(List<Digest> wanted, ImageReception reception, ExecutorService threads) {
		ExecutorCompletionService<Void> layers = new ExecutorCompletionService<>(threads);
		wanted.forEach((diffId) -> layers.submit(() -> fetchLayer(diffId, reception), null));
		try {
			for (int i = 0; i < wanted.size(); i++) {
				layers.take().get();
			}
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause
					: new IllegalStateException("cannot fetch a layer: " + ex.getCause(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RegistryException(Kind.UNAVAILABLE, "interrupted", ex);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private void fetchLayer(Digest diffId, ImageReception reception) {
		Descriptor blob = reception.descriptor(diffId);
		try (InputStream in = download(blob)) {
			reception.layer(diffId, in,
					new StepwiseProgress(blob.size(),
							(read) -> this.events
								.accept((read < blob.size()) ? new LayerProgress(blob.digest(), read, blob.size())
										: new LayerState(blob.digest(), State.DOWNLOADED))));
			this.events.accept(new LayerState(blob.digest(), State.PULLED));
		}
		catch (IOException ex) {
			throw failed(blob.digest(), ex);
		}
	}

	private Image keep(ImageReception reception, Digest digest, @Nullable ImageSignature signature) {
		List<ImageReference> names = new ArrayList<>();
		names.add(new ImageReference(this.reference.domain(), this.reference.path(), null, digest));
		if (this.reference.digest() == null) {
			names.add(this.reference);
		}
		boolean same = names.stream().allMatch((name) -> idOf(name).equals(Optional.of(reception.id())));
		Image image = reception.keep(names, (signature != null) ? signature.toJson() : null);
		this.events.accept(new Pulled(this.reference, digest, !same));
		return image;
	}

	private Optional<Digest> idOf(ImageReference name) {
		try {
			return Optional.of(this.store.find(name.canonical()).id());
		}
		catch (ImageNotFoundException ex) {
			return Optional.empty();
		}
	}

}
