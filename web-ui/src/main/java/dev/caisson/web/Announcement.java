package dev.caisson.web;

import dev.caisson.platform.CaissonSettings;

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

	Announcement(CaissonSettings settings, Environment environment) {
		this.settings = settings;
		this.environment = environment;
	}

	@EventListener
	void print(ApplicationReadyEvent ready) {
		if (ready.getApplicationContext() instanceof WebServerApplicationContext server
				&& server.getWebServer() != null) {
			System.out.print(text(server.getWebServer().getPort()));
			System.out.flush();
		}
	}

	String text(int port) {
		String address = this.environment.getProperty("server.address", "127.0.0.1");
		return """
				caisson: ready; SIGTERM or Ctrl-C stops the service, not the containers
				         socket     unix://%s
				         dashboard  http://%s:%d/
				         data       %s
				""".formatted(this.settings.socket(), address.contains(":") ? "[" + address + "]" : address, port,
				this.settings.dataRoot());
	}

}
