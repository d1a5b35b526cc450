package dev.caisson.platform.access;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.PlatformConfiguration;
import dev.caisson.platform.testing.RunningServer;
import dev.caisson.platform.testing.UnixHttp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Every endpoint there is, asked by those who may not. */
@KernelTest(comparesEachTest = false)
@Timeout(180)
class AccessTests {

	private static final Caller ROOT = Caller.onSocket(SocketScope.FULL);

	private static RunningServer server;

	private static Path targets;

	private static HttpClient client;

	@BeforeAll
	static void start() throws Exception {
		targets = Files.createTempDirectory("caisson-sockets").resolve("prometheus.sock");
		server = RunningServer.start(List.of(Application.class), "--caisson.cgroup-parent=caisson-test-access",
				"--caisson.tls.enabled=true", "--caisson.access.sockets[0].path=" + targets,
				"--caisson.access.sockets[0].preset=prometheus");
		client = HttpClient.newBuilder().sslContext(trusting(server.directory().resolve("data/tls"))).build();
	}

	@AfterAll
	static void stop() throws IOException {
		client.close();
		server.close();
		Files.deleteIfExists(targets);
		Files.deleteIfExists(targets.getParent());
	}

	/** As a client that was given the certificate. */
	private static SSLContext trusting(Path directory) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream file = Files.newInputStream(directory.resolve("caisson.p12"))) {
			store.load(file, Files.readString(directory.resolve("password")).toCharArray());
		}
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("caisson", store.getCertificate("caisson"));
		TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
		factory.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, factory.getTrustManagers(), null);
		return context;
	}

	/**
	 * An endpoint.
	 *
	 * @param method of HTTP
	 * @param pattern of its mapping
	 * @param query the parameters without which it is not found
	 */
	private record Endpoint(String method, String pattern, String query) implements Comparable<Endpoint> {

		String path() {
			return this.pattern.replaceAll("\\{[^}]*}", "x") + this.query;
		}

		@Override
		public int compareTo(Endpoint other) {
			return toString().compareTo(other.toString());
		}

	}

	private static Set<Endpoint> endpoints() {
		Set<Endpoint> endpoints = new TreeSet<>();
		server.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
			.getHandlerMethods()
			.forEach((mapping, method) -> {
				if (method.getBeanType().getName().startsWith("dev.caisson.")
						&& !method.getBeanType().getSimpleName().equals("ErrorPage")) {
					endpoints.addAll(endpoints(mapping));
				}
			});
		assertThat(endpoints).hasSizeGreaterThan(30);
		return endpoints;
	}

	private static List<Endpoint> endpoints(RequestMappingInfo mapping) {
		List<Endpoint> endpoints = new ArrayList<>();
		String query = mapping.getParamsCondition()
			.getExpressions()
			.stream()
			.filter((each) -> !each.isNegated())
			.map((each) -> each.getName() + "=" + ((each.getValue() != null) ? each.getValue() : "x"))
			.collect(Collectors.joining("&"));
		for (String pattern : mapping.getPatternValues()) {
			mapping.getMethodsCondition()
				.getMethods()
				.forEach((method) -> endpoints
					.add(new Endpoint(method.name(), pattern, query.isEmpty() ? "" : "?" + query)));
		}
		return endpoints;
	}

	private static String token(Role role, String label) {
		return server.bean(Tokens.class).make(ROOT, "test", role, label, null).secret();
	}

	private static HttpResponse<String> ask(String method, String path, String token) throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("https://localhost:" + server.httpPort() + path))
			.method(method, HttpRequest.BodyPublishers.noBody());
		if (!token.isEmpty()) {
			request.header("Authorization", "Bearer " + token);
		}
		return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	@Test
	void nobodyGetsNothing() throws Exception {
		for (Endpoint endpoint : endpoints()) {
			// a request that changes something is refused for its missing CSRF token even
			// before
			assertThat(ask(endpoint.method(), endpoint.path(), "").statusCode()).as(endpoint.toString()).isIn(401, 403);
			assertThat(ask(endpoint.method(), endpoint.path(), "caisson_wrong").statusCode()).as(endpoint.toString())
				.isEqualTo(401);
		}
	}

	@Test
	void viewerChangesNothing() throws Exception {
		String token = token(Role.VIEWER, "");
		for (Endpoint endpoint : endpoints()) {
			if (!Role.VIEWER.may(Permissions.of(endpoint.method(), endpoint.pattern()))) {
				assertThat(ask(endpoint.method(), endpoint.path(), token).statusCode()).as(endpoint.toString())
					.isEqualTo(403);
			}
			else if (!endpoint.pattern().startsWith("/api/v1/access/me")) {
				assertThat(endpoint.method()).as(endpoint.toString()).isIn("GET", "HEAD");
			}
		}
		assertThat(ask("GET", "/containers/json", token).statusCode()).isEqualTo(200);
		assertThat(ask("GET", "/v1.41/info", token).statusCode()).isEqualTo(200);
	}

	@Test
	void tokenWithALabelReachesNothingElse() throws Exception {
		String token = token(Role.ADMIN, "team=a");
		Set<String> harmless = Set.of("/_ping", "/version", "/containers/json", "/containers/create",
				"/api/v1/access/me");
		for (Endpoint endpoint : endpoints()) {
			if (!harmless.contains(endpoint.pattern())) {
				assertThat(ask(endpoint.method(), endpoint.path(), token).statusCode()).as(endpoint.toString())
					.isIn(403, 404);
			}
		}
		assertThat(ask("GET", "/containers/json?all=1", token).body()).isEqualTo("[]");
	}

	@Test
	void operatorCannotReadTheAuditLogOrMakeAccounts() throws Exception {
		String token = token(Role.OPERATOR, "");
		assertThat(ask("GET", "/api/v1/access/accounts", token).statusCode()).isEqualTo(403);
		assertThat(Permissions.of("GET", "/api/v1/audit")).isEqualTo(Permission.AUDIT);
		assertThat(Role.OPERATOR.may(Permission.AUDIT)).isFalse();
		assertThat(ask("POST", "/containers/none/start", token).statusCode()).isEqualTo(404);
	}

	@Test
	void refusalsAreOnRecordWithTheToken() throws Exception {
		assertThat(ask("POST", "/containers/none/kill", token(Role.VIEWER, "")).statusCode()).isEqualTo(403);
		HttpResponse<String> log = ask("GET", "/api/v1/audit?outcome=denied&limit=500", token(Role.AUDITOR, ""));
		assertThat(log.statusCode()).isEqualTo(200);
		assertThat(log.body()).contains("\"name\":\"socket/test\"", "/containers/{reference}/kill",
				"\"auth\":\"token\"");
	}

	@Test
	void socketWithAPresetDoesOnlyThat() throws Exception {
		UnixHttp prometheus = new UnixHttp(targets);
		assertThat(prometheus.get("/v1.41/containers/json").status()).isEqualTo(200);
		assertThat(prometheus.get("/containers/x/json").status()).isEqualTo(403);
		assertThat(prometheus.post("/containers/x/start").status()).isEqualTo(403);
		assertThat(server.api().get("/containers/json").status()).isEqualTo(200);
	}

	@Test
	void tokenIsGoneWhenRevokedOrExpired() throws Exception {
		Tokens tokens = server.bean(Tokens.class);
		Tokens.Fresh fresh = tokens.make(ROOT, "short", Role.VIEWER, "", java.time.Duration.ofMillis(1));
		Thread.sleep(5);
		assertThat(ask("GET", "/version", fresh.secret()).statusCode()).isEqualTo(401);
		Tokens.Fresh other = tokens.make(ROOT, "other", Role.VIEWER, "", null);
		assertThat(ask("GET", "/version", other.secret()).statusCode()).isEqualTo(200);
		tokens.revoke(other.record().id());
		assertThat(ask("GET", "/version", other.secret()).statusCode()).isEqualTo(401);
	}

	@Test
	void accountIsLockedAfterWrongPasswords() {
		Accounts accounts = server.bean(Accounts.class);
		accounts.add("locked", "right-password", Role.VIEWER);
		assertThat(accounts.authenticate("locked", "right-password")).isPresent();
		for (int i = 0; i < 5; i++) {
			assertThat(accounts.authenticate("locked", "wrong-password")).isEmpty();
		}
		assertThat(accounts.authenticate("locked", "right-password")).isEmpty();
		accounts.changePassword("locked", "another-password");
		assertThat(accounts.authenticate("locked", "another-password")).isPresent();
	}

	@Test
	void lastAdministratorStays() {
		Accounts accounts = server.bean(Accounts.class);
		assertThat(accounts.all()).extracting("name").contains(Accounts.FIRST);
		assertThatExceptionOfType(AccessConflictException.class).isThrownBy(() -> accounts.remove(Accounts.FIRST))
			.withMessageContaining("last administrator");
	}

	@Test
	void whoMakesATokenCannotGiveMoreThanHeHas() {
		Caller operator = Caller.session("op", Role.OPERATOR);
		assertThatExceptionOfType(AccessRefusedException.class)
			.isThrownBy(() -> server.bean(Tokens.class).make(operator, "t", Role.ADMIN, "", null));
	}

	@Test
	void certificateAndKeyAreForRootAlone() throws IOException {
		Path directory = server.directory().resolve("data/tls");
		assertThat(Files.getPosixFilePermissions(directory)).hasSize(3);
		assertThat(Files.getPosixFilePermissions(directory.resolve("caisson.p12"))).hasSize(2);
	}

	/** Everything but the dashboard. */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	@EnableConfigurationProperties(CaissonSettings.class)
	@ComponentScan(basePackageClasses = PlatformConfiguration.class,
			excludeFilters = { @Filter(SpringBootConfiguration.class),
					@Filter(type = FilterType.ASSIGNABLE_TYPE, classes = PlatformConfiguration.class),
					@Filter(type = FilterType.REGEX, pattern = ".*Tests.*") })
	static class Application {

	}

}
