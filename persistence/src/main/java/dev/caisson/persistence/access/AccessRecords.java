package dev.caisson.persistence.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.data.relational.core.conversion.DbActionExecutionException;
import org.springframework.stereotype.Component;

/**
 * Accounts and tokens in the database. What a method has returned from is on disk. Safe
 * for use by many threads.
 */
@Component
public class AccessRecords {

	private final AccountRepository accounts;

	private final TokenRepository tokens;

	private final JdbcAggregateOperations aggregates;

	AccessRecords(AccountRepository accounts, TokenRepository tokens, JdbcAggregateOperations aggregates) {
		this.accounts = accounts;
		this.tokens = tokens;
		this.aggregates = aggregates;
	}

	public List<Account> accounts() {
		return this.accounts.findAllByOrderByName();
	}

	public Optional<Account> account(String name) {
		return this.accounts.findById(name);
	}

	/**
	 * Adds an account.
	 * @return false if there is one of this name
	 */
	public boolean add(Account account) {
		try {
			this.aggregates.insert(account);
			return true;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
		catch (DbActionExecutionException ex) {
			if (ex.getCause() instanceof DuplicateKeyException) {
				return false;
			}
			throw ex;
		}
	}

	/** Notes how often in a row a password was wrong, and until when that locks. */
	public void noteFailures(String name, int failures, @Nullable Instant lockedUntil) {
		this.accounts.noteFailures(name, failures, lockedUntil);
	}

	/**
	 * Gives an account another password, and takes a lock away.
	 * @return false if there is no such account
	 */
	public boolean changePassword(String name, String hash) {
		return this.accounts.updatePassword(name, hash);
	}

	/**
	 * Removes an account with its tokens.
	 * @return false if there was none
	 */
	public boolean removeAccount(String name) {
		this.tokens.deleteByOwner(name);
		return this.accounts.deleteById(name);
	}

	public List<AccessToken> tokens() {
		return this.tokens.findAllByOrderByCreated();
	}

	public Optional<AccessToken> tokenByDigest(String digest) {
		return this.tokens.findByDigest(digest);
	}

	public void add(AccessToken token) {
		this.aggregates.insert(token);
	}

	/**
	 * Removes a token.
	 * @return false if there was none
	 */
	public boolean removeToken(String id) {
		return this.tokens.deleteById(id);
	}

}
