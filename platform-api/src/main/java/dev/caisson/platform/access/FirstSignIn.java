package dev.caisson.platform.access;

import java.util.Optional;

import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Makes the first account at the first start. Its password is random and is shown this
 * once, on the terminal that started the service.
 */
@Component
public final class FirstSignIn {

	private final Accounts accounts;

	private Optional<String> password = Optional.empty();

	FirstSignIn(Accounts accounts) {
		this.accounts = accounts;
	}

	@EventListener
	void prepare(ApplicationStartedEvent started) {
		this.password = this.accounts.makeFirst();
	}

	/** The password that was made, for whoever announces it, once. */
	public Optional<String> takePassword() {
		Optional<String> taken = this.password;
		this.password = Optional.empty();
		return taken;
	}

}
