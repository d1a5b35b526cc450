package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;

/**
 * Whom we trust, and what we are known by, at one registry: the system's authorities,
 * those of its directory, and the client certificate there. Read anew for every
 * operation, so that a changed file counts at once.
 */
final class TrustStore {

	private static final Pattern PRIVATE_KEY = Pattern
		.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

	private static final char[] NO_PASSWORD = new char[0];

	private final Path directory;

	/**
	 * @param certificates the directory of all registries
	 * @param domain {@code host[:port]}
	 */
	TrustStore(Path certificates, String domain) {
		this.directory = certificates.resolve(domain);
	}

	/**
	 * A context for connections.
	 * @param verify whether the server has to prove who it is
	 * @throws RegistryException if a file cannot be used
	 */
	SSLContext context(boolean verify) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys(), new TrustManager[] { verify ? trust() : new Anybody() }, null);
			return context;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new RegistryException(RegistryException.Kind.UNAVAILABLE,
					"certificates in " + this.directory + ": " + ex.getMessage(), ex);
		}
	}

	private List<Path> files(String suffix) throws IOException {
		if (!Files.isDirectory(this.directory)) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.filter((file) -> file.toString().endsWith(suffix)).sorted().toList();
		}
	}

	private X509TrustManager trust() throws IOException, GeneralSecurityException {
		List<Path> authorities = files(".crt");
		if (authorities.isEmpty()) {
			return manager(null);
		}
		KeyStore store = empty();
		for (X509Certificate known : manager(null).getAcceptedIssuers()) {
			store.setCertificateEntry("system-" + store.size(), known);
		}
		for (Path file : authorities) {
			for (Certificate certificate : certificates(file)) {
				store.setCertificateEntry("own-" + store.size(), certificate);
			}
		}
		return manager(store);
	}

	private static X509TrustManager manager(@Nullable KeyStore store) throws GeneralSecurityException {
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init(store);
		return Arrays.stream(factory.getTrustManagers())
			.filter(X509TrustManager.class::isInstance)
			.map(X509TrustManager.class::cast)
			.findFirst()
			.orElseThrow();
	}

	private static KeyStore empty() throws IOException, GeneralSecurityException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, NO_PASSWORD);
		return store;
	}

	private static Collection<? extends Certificate> certificates(Path file)
			throws IOException, GeneralSecurityException {
		try (InputStream in = Files.newInputStream(file)) {
			return CertificateFactory.getInstance("X.509").generateCertificates(in);
		}
	}

	private KeyManager @Nullable [] keys() throws IOException, GeneralSecurityException {
		KeyStore store = empty();
		for (Path file : files(".cert")) {
			String name = file.toString();
			Path key = Path.of(name.substring(0, name.length() - ".cert".length()) + ".key");
			Certificate[] chain = certificates(file).toArray(new Certificate[0]);
			store.setKeyEntry(name, privateKey(key, chain[0].getPublicKey().getAlgorithm()), NO_PASSWORD, chain);
		}
		if (store.size() == 0) {
			return null;
		}
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(store, NO_PASSWORD);
		return factory.getKeyManagers();
	}

	private static PrivateKey privateKey(Path file, String algorithm) throws IOException, GeneralSecurityException {
		Matcher pem = PRIVATE_KEY.matcher(Files.readString(file));
		if (!pem.find()) {
			throw new GeneralSecurityException(
					file + " is no key in PKCS #8 form: convert it by openssl pkcs8 -topk8 -nocrypt");
		}
		byte[] key = Base64.getMimeDecoder().decode(pem.group(1));
		return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
	}

	/** For registries that the operator has called insecure, and for those alone. */
	private static final class Anybody extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
