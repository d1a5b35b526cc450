package dev.caisson.web;

import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.access.Accounts;
import dev.caisson.platform.access.FirstSignIn;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Tells the operator's terminal, once everything answers, where things are. */
@Component
final class Announcement {

	private final CaissonSettings settings;

	private final Environment environment;

	private final FirstSignIn first;

	Announcement(CaissonSettings settings, Environment environment, FirstSignIn first) {
		this.settings = settings;
		this.environment = environment;
		this.first = first;
	}

	@EventListener
	void print(ApplicationReadyEvent ready) {
		if (ready.getApplicationContext() instanceof WebServerApplicationContext server
				&& server.getWebServer() != null) {
			System.out.print(text(this.settings, this.environment, server.getWebServer().getPort()));
			this.first.takePassword().ifPresent(Announcement::printPassword);
			System.out.flush();
		}
	}

	/** Once: nobody can read it again. */
	private static void printPassword(String password) {
		System.out.print("""
				         sign in    as %s with the password %s
				                    (shown this once; change it in the dashboard)
				""".formatted(Accounts.FIRST, password));
	}

	static String text(CaissonSettings settings, Environment environment, int port) {
		String address = environment.getProperty("server.address", "127.0.0.1");
		return """
				caisson: ready; SIGTERM or Ctrl-C stops the service, not the containers
				         socket     unix://%s
				         dashboard  %s://%s:%d/
				         data       %s
				""".formatted(settings.socket(), isEncrypted(environment) ? "https" : "http",
				address.contains(":") ? "[" + address + "]" : address, port, settings.dataRoot());
	}

	private static boolean isEncrypted(Environment environment) {
		return environment.getProperty("caisson.tls.enabled", Boolean.class, true);
	}

}
