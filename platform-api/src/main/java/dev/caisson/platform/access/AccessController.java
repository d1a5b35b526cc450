package dev.caisson.platform.access;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.caisson.persistence.access.AccessToken;
import dev.caisson.persistence.access.Account;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Accounts and tokens. */
@RestController
@RequestMapping("/api/v1/access")
final class AccessController {

	private final Accounts accounts;

	private final Tokens tokens;

	AccessController(Accounts accounts, Tokens tokens) {
		this.accounts = accounts;
		this.tokens = tokens;
	}

	@GetMapping("/me")
	CallerView me(HttpServletRequest request) {
		Caller caller = caller(request);
		return new CallerView(caller.name(), caller.kind().name().toLowerCase(java.util.Locale.ROOT),
				caller.role().word(), caller.label());
	}

	/** One's own, for which the old one must be known. */
	@PostMapping("/me/password")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void changeOwn(HttpServletRequest request, @RequestBody PasswordChange change) {
		Caller caller = caller(request);
		if (this.accounts.authenticate(caller.name(), change.old()).isEmpty()) {
			throw new AccessRefusedException("the old password is wrong");
		}
		this.accounts.changePassword(caller.name(), change.password());
	}

	@GetMapping("/accounts")
	List<AccountView> accounts() {
		return this.accounts.all().stream().map(AccountView::of).toList();
	}

	@PostMapping("/accounts")
	@ResponseStatus(HttpStatus.CREATED)
	void add(@RequestBody NewAccount account) {
		this.accounts.add(account.name(), account.password(), Role.named(account.role()));
	}

	@PostMapping("/accounts/{name}/password")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void change(@PathVariable String name, @RequestBody PasswordChange change) {
		this.accounts.changePassword(name, change.password());
	}

	@DeleteMapping("/accounts/{name}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void remove(@PathVariable String name) {
		this.accounts.remove(name);
	}

	@GetMapping("/tokens")
	List<TokenView> tokens() {
		return this.tokens.all().stream().map((token) -> TokenView.of(token, null)).toList();
	}

	@PostMapping("/tokens")
	@ResponseStatus(HttpStatus.CREATED)
	TokenView make(HttpServletRequest request, @RequestBody NewToken token) {
		Duration lifetime = (token.days() != null) ? Duration.ofDays(token.days()) : null;
		Tokens.Fresh fresh = this.tokens.make(caller(request), token.name(), Role.named(token.role()), token.label(),
				lifetime);
		return TokenView.of(fresh.record(), fresh.secret());
	}

	@DeleteMapping("/tokens/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void revoke(@PathVariable String id) {
		this.tokens.revoke(id);
	}

	private static Caller caller(HttpServletRequest request) {
		return Caller.of(request).orElseThrow(() -> new AccessRefusedException("sign in first"));
	}

	private static String text(@Nullable String given) {
		return (given != null) ? given : "";
	}

	/** Who one is. */
	record CallerView(String name, String kind, String role, String label) {
	}

	/** An account without its password. */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record AccountView(String name, String role, Instant created, @Nullable Instant lockedUntil) {

		static AccountView of(Account account) {
			return new AccountView(account.name(), account.role(), account.created(), account.lockedUntil());
		}

	}

	/** A token; its secret is there only when it is made. */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record TokenView(String id, String name, String role, String label, String owner, Instant created,
			@Nullable Instant expires, @Nullable String secret) {

		static TokenView of(AccessToken token, @Nullable String secret) {
			return new TokenView(token.id(), token.name(), token.role(), token.label(), token.owner(), token.created(),
					token.expires(), secret);
		}

	}

	/** An account that is wanted. */
	record NewAccount(String name, String password, String role) {

		NewAccount {
			name = text(name);
			password = text(password);
			role = text(role);
		}

		/** Never with the password, whoever prints it. */
		@Override
		public String toString() {
			return this.name + " (" + this.role + ")";
		}

	}

	/** Another password; the old one where it is one's own. */
	record PasswordChange(String old, String password) {

		PasswordChange {
			old = text(old);
			password = text(password);
		}

		@Override
		public String toString() {
			return "a password";
		}

	}

	/** A token that is wanted. */
	record NewToken(String name, String role, String label, @Nullable Integer days) {

		NewToken {
			name = text(name);
			role = text(role);
			label = text(label);
		}

	}

}
