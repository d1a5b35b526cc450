package dev.caisson.web;

import java.nio.file.Path;

import dev.caisson.platform.CaissonSettings;
import org.junit.jupiter.api.Test;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class AnnouncementTests {

	private final CaissonSettings settings = new CaissonSettings(Path.of("/srv/data"), Path.of("/run/c"), "caisson",
			Path.of("/run/c/caisson.sock"), new CaissonSettings.Network("caisson0", "", 0, ""));

	@Test
	void saysWhereThingsAre() {
		assertThat(Announcement.text(this.settings, new MockEnvironment(), 8420)).contains("unix:///run/c/caisson.sock",
				"https://127.0.0.1:8420/", "/srv/data");
	}

	@Test
	void bracketsAnAddressOfVersion6() {
		MockEnvironment environment = new MockEnvironment().withProperty("server.address", "::1")
			.withProperty("caisson.tls.enabled", "false");
		assertThat(Announcement.text(this.settings, environment, 1)).contains("http://[::1]:1/");
	}

}
