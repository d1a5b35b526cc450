package dev.caisson.platform.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import dev.caisson.persistence.access.AccessRecords;
import dev.caisson.persistence.access.AccessToken;
import dev.caisson.platform.server.BadParameterException;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What programs sign in with: {@code Authorization: Bearer caisson_…}, see RFC 6750. Safe
 * for use by many threads.
 */
@Component
final class Tokens {

	/** By which a token that leaked can be found in text. */
	private static final String PREFIX = "caisson_";

	private static final int SECRET_BYTES = 32, ID_BYTES = 8, LONGEST_NAME = 64, LONGEST_LABEL = 512;

	private final AccessRecords records;

	private final SecureRandom random = new SecureRandom();

	private final Clock clock = Clock.systemUTC();

	Tokens(AccessRecords records) {
		this.records = records;
	}

	/**
	 * A new token, which is shown this once.
	 *
	 * @param secret what to sign in with
	 * @param record what is kept
	 */
	record Fresh(String secret, AccessToken record) {
	}

	/**
	 * Makes a token.
	 * @param label {@code name=value} of the containers it is for; empty is all
	 * @param lifetime null is for ever
	 * @throws BadParameterException if something of it cannot be
	 */
	Fresh make(Caller maker, String name, Role role, String label, @Nullable Duration lifetime) {
		if (name.isBlank() || name.length() > LONGEST_NAME) {
			throw new BadParameterException("a token needs a name of up to " + LONGEST_NAME + " characters");
		}
		if (!label.isEmpty() && (label.indexOf('=') < 1 || label.length() > LONGEST_LABEL)) {
			throw new BadParameterException("invalid label \"" + label + "\": use name=value");
		}
		if (lifetime != null && !lifetime.isPositive()) {
			throw new BadParameterException("a token cannot have expired before it is made");
		}
		if (!role.isWithin(maker.role())) {
			throw new AccessRefusedException(
					"a " + maker.role().word() + " cannot make tokens with the role " + role.word());
		}
		String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random(SECRET_BYTES));
		Instant now = this.clock.instant();
		AccessToken token = new AccessToken(HexFormat.of().formatHex(random(ID_BYTES)), name, digest(secret),
				role.word(), label, maker.name(), now, (lifetime != null) ? now.plus(lifetime) : null);
		this.records.add(token);
		return new Fresh(secret, token);
	}

	private byte[] random(int bytes) {
		byte[] random = new byte[bytes];
		this.random.nextBytes(random);
		return random;
	}

	/** Whose token this is; empty if it is nobody's any more. */
	Optional<Caller> authenticate(String secret) {
		if (!secret.startsWith(PREFIX)) {
			return Optional.empty();
		}
		return this.records.tokenByDigest(digest(secret))
			.filter((token) -> token.expires() == null || this.clock.instant().isBefore(token.expires()))
			.map((token) -> new Caller(token.owner() + "/" + token.name(), Caller.Kind.TOKEN, Role.named(token.role()),
					token.label(), SocketScope.FULL));
	}

	List<AccessToken> all() {
		return this.records.tokens();
	}

	/**
	 * Takes a token away.
	 * @throws NoSuchAccessException if there is none
	 */
	void revoke(String id) {
		if (!this.records.removeToken(id)) {
			throw new NoSuchAccessException("token " + id);
		}
	}

	/** A token is random enough that no salt is needed. */
	private static String digest(String secret) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
