package dev.caisson.platform.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * A service with sockets and directories of its own, gone when closed. Its TCP port is
 * chosen by the kernel.
 */
public final class RunningServer implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final Path directory;

	private RunningServer(ConfigurableApplicationContext context, Path directory) {
		this.context = context;
		this.directory = directory;
	}

	/**
	 * Starts it.
	 * @param configuration what it is made of
	 * @param settings further ones, as {@code --name=value}
	 */
	public static RunningServer start(List<Class<?>> configuration, String... settings) throws IOException {
		Path directory = Files.createTempDirectory("caisson-api");
		try {
			return new RunningServer(run(configuration, directory, settings), directory);
		}
		catch (RuntimeException ex) {
			FileSystemUtils.deleteRecursively(directory);
			throw ex;
		}
	}

	/** Starts a server that has only these parts: no engine, no database. */
	public static RunningServer withoutEngine(List<Class<?>> parts, String... settings) throws IOException {
		List<Class<?>> configuration = new ArrayList<>(parts);
		configuration.add(ServerOnly.class);
		List<String> arguments = new ArrayList<>(List.of(settings));
		// readiness asks the database and the engine
		arguments.add("--management.endpoint.health.validate-group-membership=false");
		return start(configuration, arguments.toArray(String[]::new));
	}

	private static ConfigurableApplicationContext run(List<Class<?>> configuration, Path directory,
			String... settings) {
		List<String> arguments = new ArrayList<>(
				List.of("--server.port=0", "--caisson.data-root=" + directory + "/data",
						"--caisson.run-root=" + directory + "/run", "--caisson.socket=" + directory + "/caisson.sock"));
		arguments.addAll(List.of(settings));
		if (arguments.stream().noneMatch((argument) -> argument.startsWith("--caisson.tls."))) {
			// making a certificate takes longer than all else
			arguments.add("--caisson.tls.enabled=false");
		}
		SpringApplication application = new SpringApplicationBuilder(configuration.toArray(Class<?>[]::new)).build();
		return application.run(arguments.toArray(String[]::new));
	}

	/** A client of its unix socket. */
	public UnixHttp api() {
		return new UnixHttp(socket());
	}

	public Path socket() {
		return this.directory.resolve("caisson.sock");
	}

	public Path directory() {
		return this.directory;
	}

	public int httpPort() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	/** What it is made of. */
	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	/** One of several of a type. */
	public <T> T bean(String name, Class<T> type) {
		return this.context.getBean(name, type);
	}

	@Override
	public void close() throws IOException {
		this.context.close();
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
