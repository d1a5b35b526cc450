package dev.caisson.platform.access;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.caisson.platform.server.StartRefusedException;

/**
 * A certificate that the service has made for itself, in {@code DATA_ROOT/tls}: a PKCS12
 * file and its password, for root alone. It is made by the JDK's keytool, once.
 *
 * @param store the file
 * @param password of the file
 */
record OwnCertificate(Path store, String password) {

	private static final int PASSWORD_BYTES = 24, PATIENCE_SECONDS = 60, DAYS = 3650;

	/** Finds it or makes it. */
	static OwnCertificate in(Path directory) {
		Path store = directory.resolve("caisson.p12");
		Path password = directory.resolve("password");
		try {
			if (Files.notExists(store)) {
				Files.createDirectories(directory,
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
				Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
				byte[] random = new byte[PASSWORD_BYTES];
				new SecureRandom().nextBytes(random);
				Files.writeString(password, HexFormat.of().formatHex(random));
				make(directory, store, password);
			}
			return new OwnCertificate(store, Files.readString(password).strip());
		}
		catch (IOException ex) {
			throw new StartRefusedException("the certificate in " + directory + " cannot be used (" + ex + ")",
					"remove the directory, and a new one is made", ex);
		}
	}

	private static void make(Path directory, Path store, Path password) throws IOException {
		Path fresh = directory.resolve("caisson.p12.new");
		Files.deleteIfExists(fresh);
		String host = InetAddress.getLoopbackAddress().getHostName();
		String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
		Process process = new ProcessBuilder(
				List.of(Path.of(System.getProperty("java.home"), "bin/keytool").toString(), "-genkeypair", "-alias",
						"caisson", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=Caisson", "-ext",
						"SAN=dns:" + host + ",dns:localhost" + (isName(name) ? ",dns:" + name : "")
								+ ",ip:127.0.0.1,ip:0:0:0:0:0:0:0:1",
						"-ext", "ExtendedKeyUsage=serverAuth", "-validity", Integer.toString(DAYS), "-storetype",
						"PKCS12", "-keystore", fresh.toString(), "-storepass:file", password.toString()))
			.redirectErrorStream(true)
			.start();
		String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (!ended(process) || process.exitValue() != 0) {
			throw new IOException("keytool: " + said.strip());
		}
		Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
		Files.move(fresh, store, StandardCopyOption.ATOMIC_MOVE);
	}

	private static boolean isName(String text) {
		return text.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?") && !text.equals("localhost");
	}

	private static boolean ended(Process process) throws IOException {
		try {
			return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted", ex);
		}
	}

}
