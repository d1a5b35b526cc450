package dev.caisson.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** A PostgreSQL server on loopback with data of its own, gone with the test JVM. */
final class PostgresServer {

	static final String PASSWORD = "only-for-tests";

	private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");

	private static @Nullable PostgresServer shared;

	private final Map<Path, String> databases = new HashMap<>();

	private final Path directory;

	private final Path programs;

	private final int port;

	private PostgresServer(Path directory, Path programs, int port) {
		this.directory = directory;
		this.programs = programs;
		this.port = port;
	}

	static synchronized PostgresServer shared() {
		try {
			if (shared == null) {
				shared = start();
			}
			return shared;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static PostgresServer start() throws IOException {
		Path directory = Files.createTempDirectory("caisson-postgres");
		PostgresServer server = new PostgresServer(directory, programs(), freePort());
		Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
		Files.writeString(directory.resolve("password"), PASSWORD);
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
		Files.setPosixFilePermissions(directory.resolve("password"), PosixFilePermissions.fromString("rw-r--r--"));
		server.run("initdb", "-D", server.data(), "-U", "caisson", "--auth=scram-sha-256",
				"--pwfile=" + directory.resolve("password"), "--no-sync", "-E", "UTF8", "--locale=C");
		server.run("pg_ctl", "-D", server.data(), "-w", "-t", "60", "-l", directory + "/log", "-o",
				"-p " + server.port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + directory,
				"start");
		return server;
	}

	private static Path programs() throws IOException {
		if (Files.isDirectory(PROGRAMS)) {
			try (Stream<Path> versions = Files.list(PROGRAMS)) {
				return versions.sorted().toList().getLast().resolve("bin");
			}
		}
		if ("true".equals(System.getenv("CI"))) {
			throw new IOException("PostgreSQL is not installed");
		}
		throw new TestAbortedException("needs PostgreSQL (apt-get install postgresql)");
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

	private String data() {
		return this.directory + "/data";
	}

	/** It refuses to run as root. */
	private void run(String program, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		if ("root".equals(System.getProperty("user.name"))) {
			command.addAll(List.of("setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"));
		}
		command.add(this.programs.resolve(program).toString());
		command.addAll(List.of(arguments));
		Path output = Files.createTempFile("caisson-postgres", ".out");
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			if (process.waitFor() != 0) {
				throw new IOException(command + ": " + Files.readString(output));
			}
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
		finally {
			Files.delete(output);
		}
	}

	private void stop() {
		try {
			run("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
			try (Stream<Path> files = Files.walk(this.directory)) {
				files.sorted(java.util.Comparator.reverseOrder()).forEach((file) -> file.toFile().delete());
			}
		}
		catch (IOException ex) {
			System.err.println("PostgreSQL was not stopped: " + ex.getMessage());
		}
	}

	/** The database that stands for a data root. */
	synchronized String database(Path dataRoot) {
		return this.databases.computeIfAbsent(dataRoot, (_) -> create("caisson_" + this.databases.size()));
	}

	private String create(String name) {
		try (Connection connection = DriverManager.getConnection(url("postgres"), "caisson", PASSWORD);
				var statement = connection.createStatement()) {
			statement.execute("create database " + name);
			return url(name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("make a database", ex);
		}
	}

	private String url(String name) {
		return "jdbc:postgresql://127.0.0.1:" + this.port + "/" + name;
	}

}
