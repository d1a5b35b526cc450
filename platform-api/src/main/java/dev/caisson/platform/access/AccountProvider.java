package dev.caisson.platform.access;

import java.util.List;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;

/**
 * Lets Spring's form sign-in ask the accounts. It does not tell a lock from a wrong
 * password.
 */
final class AccountProvider implements AuthenticationProvider {

	private final Accounts accounts;

	AccountProvider(Accounts accounts) {
		this.accounts = accounts;
	}

	@Override
	public Authentication authenticate(Authentication attempt) {
		String password = (attempt.getCredentials() != null) ? attempt.getCredentials().toString() : "";
		return this.accounts.authenticate(attempt.getName(), password)
			.map((caller) -> UsernamePasswordAuthenticationToken.authenticated(caller.name(), null, List.of()))
			.orElseThrow(() -> new BadCredentialsException("wrong name or password, or locked for a while"));
	}

	@Override
	public boolean supports(Class<?> type) {
		return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
	}

}
