package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.image.Descriptor;
import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageDispatch;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.Platform;
import dev.caisson.engine.image.registry.RegistryException.Kind;
import dev.caisson.engine.image.trust.ImagePolicy;

/**
 * The registries of the world, as far as they can be reached from here. Safe for use by
 * many threads; holds nothing open between two operations.
 * <p>
 * Failures: {@link RegistryException} for what registries do,
 * {@link dev.caisson.engine.image.InvalidImageException} for what is wrong with what they
 * gave.
 */
public final class Registries {

	private final ImageStore store;

	private final RegistrySettings settings;

	private final ImagePolicy policy;

	/** Registries from which anything may be pulled. */
	public Registries(ImageStore store, RegistrySettings settings) {
		this(store, settings, ImagePolicy.NONE);
	}

	public Registries(ImageStore store, RegistrySettings settings, ImagePolicy policy) {
		this.policy = policy;
		this.store = store;
		this.settings = settings;
	}

	/**
	 * Fetches an image, of which nothing is in the store if this fails.
	 * @param reference with a digest or a tag; the former wins
	 * @param platform that is wanted, or null for this machine's
	 * @throws dev.caisson.engine.image.trust.ImageRefusedException if the policy does not
	 * let it in
	 */
	public Image pull(ImageReference reference, @Nullable Platform platform, Credentials credentials,
			Consumer<TransferEvent> events) {
		return anywhere(Endpoint.of(reference.domain(), this.settings), credentials,
				(session) -> new Pull(session, this.store, reference, platform, this.policy, events).run());
	}

	/**
	 * Sends an image, which is called so in the store, and gives it the digest by which
	 * the registry has it as one more name.
	 * @param reference with a tag
	 * @throws dev.caisson.engine.image.ImageNotFoundException if there is none of that
	 * name
	 * @throws UncheckedIOException if the image cannot be read
	 */
	public Digest push(ImageReference reference, Credentials credentials, Consumer<TransferEvent> events) {
		Image image = this.store.find(reference.canonical());
		List<ImageReference> elsewhere = Stream.concat(image.tags().stream(), image.digests().stream())
			.filter((name) -> name.domain().equals(reference.domain()) && !name.path().equals(reference.path()))
			.toList();
		List<Endpoint> places = Endpoint.of(reference.domain(), this.settings)
			.stream()
			.filter((endpoint) -> !endpoint.mirror())
			.toList();
		Digest digest = anywhere(places, credentials, (session) -> {
			try (ImageDispatch dispatch = this.store.dispatch(image.id())) {
				return new Push(session, dispatch, reference, elsewhere, events).run();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		this.store.name(image.id(), new ImageReference(reference.domain(), reference.path(), null, digest));
		return digest;
	}

	/**
	 * Verifies credentials.
	 * @param domain the registry's
	 */
	public void login(String domain, Credentials credentials) {
		anywhere(Endpoint.of(domain, this.settings), credentials, (session) -> {
			try (Answer answer = session.send(Call.get(session.endpoint().ping(), ""))) {
				if (!answer.isSuccess()) {
					throw answer.failure("login attempt to " + session.endpoint().ping());
				}
				return answer;
			}
		});
	}

	/**
	 * What a registry has under a name.
	 * @param reference with a digest or a tag
	 */
	public Offer offer(ImageReference reference, Credentials credentials) {
		return anywhere(Endpoint.of(reference.domain(), this.settings), credentials,
				(session) -> new Pull(session, this.store, reference, null, this.policy, (event) -> {
				}).look());
	}

	/**
	 * What may be pulled.
	 *
	 * @param manifest of the image, or the index
	 * @param platforms that it is for
	 */
	public record Offer(Descriptor manifest, List<Platform> platforms) {

		public Offer {
			platforms = List.copyOf(platforms);
		}

	}

	/** Does something at the first place that is there and has what is wanted. */
	private <T> T anywhere(List<Endpoint> places, Credentials credentials, Function<Session, T> work) {
		List<RegistryException> failures = new ArrayList<>();
		for (Endpoint endpoint : places) {
			try (Session session = new Session(endpoint, this.settings, credentials)) {
				session.requireTls();
				return work.apply(session);
			}
			catch (RegistryException ex) {
				failures.add(ex);
				if (!endpoint.mirror() && ex.kind() != Kind.UNAVAILABLE) {
					break;
				}
			}
		}
		throw mostTelling(failures);
	}

	/** What the registry itself said last, unless it was not to be reached at all. */
	private static RegistryException mostTelling(List<RegistryException> failures) {
		return failures.reversed()
			.stream()
			.filter((failure) -> failure.kind() != Kind.UNAVAILABLE)
			.findFirst()
			.orElseGet(failures::getLast);
	}

}
