package dev.caisson.platform.server;

import java.io.IOException;
import java.util.List;

import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.testing.RunningServer;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/** The server without what it serves: no engine, no database. */
@SpringBootConfiguration
@EnableAutoConfiguration(excludeName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
		"org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration" })
@EnableConfigurationProperties(CaissonSettings.class)
@Import({ ServerConfiguration.class, ApiErrors.class, ErrorPage.class })
class ServerOnly {

	static RunningServer with(Class<?> controller, String... settings) throws IOException {
		return RunningServer.start(List.of(ServerOnly.class, controller), settings);
	}

}
