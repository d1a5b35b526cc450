package dev.caisson.persistence;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;

import dev.caisson.persistence.container.ContainerRecord;
import dev.caisson.persistence.container.ContainerRecords;
import dev.caisson.persistence.container.RecordedState;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * A process with nothing but the database: reads names from standard input, adds a
 * container of each, and answers with the name once it is acknowledged.
 */
public final class DatabaseProcess {

	private DatabaseProcess() {
	}

	static ConfigurableApplicationContext open(Path dataRoot) {
		return open(dataRoot, TestDatabase.H2);
	}

	static ConfigurableApplicationContext open(Path dataRoot, TestDatabase database) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(database.settings(dataRoot).toArray(String[]::new))
			.properties("caisson.data-root=" + dataRoot, "spring.main.banner-mode=off", "logging.level.root=error",
					"spring.main.register-shutdown-hook=false")
			.run();
	}

	static String id(String name) {
		return "%64s".formatted(name).replace(' ', '0');
	}

	public static void main(String[] args) throws IOException {
		ContainerRecords records = open(Path.of(args[0])).getBean(ContainerRecords.class);
		PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		Set<String> known = records.all().stream().map(ContainerRecord::name).collect(Collectors.toSet());
		answers.println(String.join(",", known));
		BufferedReader names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String name = names.readLine(); name != null; name = names.readLine()) {
			records.add(new ContainerRecord(id(name), name, Instant.now(), "busybox", "sha256:0", "{}",
					new RecordedState("CREATED", 0, 0, false, "", null, null), 0, false));
			answers.println(name);
		}
	}

	/** The auto-configurations and nothing else. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
