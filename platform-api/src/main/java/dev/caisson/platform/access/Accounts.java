package dev.caisson.platform.access;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.caisson.persistence.access.AccessRecords;
import dev.caisson.persistence.access.Account;
import dev.caisson.platform.server.BadParameterException;
import org.jspecify.annotations.Nullable;

import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/** Those who can sign in with a password. Safe for use by many threads. */
@Component
public final class Accounts {

	/** The account that is made at the first start. */
	public static final String FIRST = "admin";

	private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]{0,62}");

	private static final int SHORTEST = 10;

	/** Bytes; bcrypt takes no more. */
	private static final int LONGEST = 72;

	private static final int RANDOM_BYTES = 15;

	private final AccessRecords records;

	private final AccessSettings settings;

	private final PasswordEncoder encoder = new BCryptPasswordEncoder();

	private final Clock clock = Clock.systemUTC();

	/** Made when it is first needed: it takes a tenth of a second, on purpose. */
	private volatile @Nullable String nobody;

	Accounts(AccessRecords records, AccessSettings settings) {
		this.records = records;
		this.settings = settings;
	}

	/**
	 * Makes the first account if there is none.
	 * @return its password, which is known to nobody else; empty if there was one
	 */
	Optional<String> makeFirst() {
		if (!this.records.accounts().isEmpty()) {
			return Optional.empty();
		}
		byte[] random = new byte[RANDOM_BYTES];
		new SecureRandom().nextBytes(random);
		String password = Base64.getUrlEncoder().encodeToString(random);
		add(FIRST, password, Role.ADMIN);
		return Optional.of(password);
	}

	/**
	 * Who this is; empty if the password is wrong or the account is locked. A wrong
	 * password counts.
	 */
	Optional<Caller> authenticate(String name, String password) {
		Optional<Account> found = this.records.account(name);
		boolean right = this.encoder.matches(password, found.map(Account::password).orElseGet(this::nobody));
		return found.filter((account) -> !isLocked(account)).flatMap((account) -> {
			if (!right) {
				noteFailure(account);
				return Optional.empty();
			}
			if (account.failures() > 0) {
				this.records.noteFailures(name, 0, null);
			}
			return Optional.of(Caller.session(name, Role.named(account.role())));
		});
	}

	/** Compared with where there is no account, so that the answer takes as long. */
	private String nobody() {
		String known = this.nobody;
		if (known == null) {
			known = this.encoder.encode("nobody");
			this.nobody = known;
		}
		return known;
	}

	private boolean isLocked(Account account) {
		return account.lockedUntil() != null && this.clock.instant().isBefore(account.lockedUntil());
	}

	private void noteFailure(Account account) {
		int failures = account.failures() + 1;
		Instant until = (failures >= this.settings.lockAfter()) ? this.clock.instant().plus(this.settings.lockFor())
				: null;
		this.records.noteFailures(account.name(), (until != null) ? 0 : failures, until);
	}

	/** The role that an account has now; empty if it is gone. */
	Optional<Role> role(String name) {
		return this.records.account(name).map((account) -> Role.named(account.role()));
	}

	List<Account> all() {
		return this.records.accounts();
	}

	/**
	 * Adds an account.
	 * @throws BadParameterException if its name or password cannot be
	 * @throws AccessConflictException if there is one of this name
	 */
	void add(String name, String password, Role role) {
		if (!NAME.matcher(name).matches()) {
			throw new BadParameterException("invalid account name \"" + name
					+ "\": use up to 63 small letters, digits, dots, dashes and underscores, a letter first");
		}
		check(password);
		if (!this.records
			.add(new Account(name, this.encoder.encode(password), role.word(), this.clock.instant(), 0, null))) {
			throw new AccessConflictException("there is an account " + name + " already");
		}
	}

	private static void check(String password) {
		if (password.length() < SHORTEST
				|| password.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST) {
			throw new BadParameterException(
					"invalid password: use at least " + SHORTEST + " characters and at most " + LONGEST + " bytes");
		}
	}

	/**
	 * Gives an account another password.
	 * @throws NoSuchAccessException if there is no such account
	 */
	void changePassword(String name, String password) {
		check(password);
		if (!this.records.changePassword(name, this.encoder.encode(password))) {
			throw new NoSuchAccessException("account " + name);
		}
	}

	/**
	 * Removes an account and its tokens.
	 * @throws NoSuchAccessException if there is no such account
	 * @throws AccessConflictException if it is the last administrator
	 */
	void remove(String name) {
		List<Account> admins = this.records.accounts()
			.stream()
			.filter((account) -> account.role().equals(Role.ADMIN.word()))
			.toList();
		if (admins.size() == 1 && admins.getFirst().name().equals(name)) {
			throw new AccessConflictException("account " + name + " is the last administrator");
		}
		if (!this.records.removeAccount(name)) {
			throw new NoSuchAccessException("account " + name);
		}
	}

}
