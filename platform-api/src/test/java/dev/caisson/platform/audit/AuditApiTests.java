package dev.caisson.platform.audit;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpServer;
import dev.caisson.engine.IsolationEngine;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.CanonicalJson;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.audit.log.AuditQuery;
import dev.caisson.persistence.merkle.Hash;
import dev.caisson.persistence.merkle.Proofs;
import dev.caisson.persistence.note.Checkpoint;
import dev.caisson.persistence.note.SignedNote;
import dev.caisson.persistence.note.VerifierKey;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.PlatformConfiguration;
import dev.caisson.platform.testing.RunningServer;
import dev.caisson.platform.testing.UnixHttp.Answer;
import dev.caisson.platform.testing.UnixHttp.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(comparesEachTest = false)
class AuditApiTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static RunningServer server;

	@BeforeAll
	static void start() throws IOException {
		server = RunningServer.start(List.of(Application.class), "--caisson.cgroup-parent=caisson-test-audit");
	}

	@AfterAll
	static void stop() throws IOException {
		for (JsonNode each : JSON.readTree(server.api().get("/containers/json?all=1").body())) {
			server.api().delete("/containers/" + each.path("Id").asString() + "?force=1");
		}
		server.close();
	}

	@Test
	void everyMappingThatMayChangeSomethingIsAudited() throws Exception {
		Set<String> exempt = new TreeSet<>();
		Set<String> unrecorded = new TreeSet<>();
		for (Call call : mappings()) {
			if (AuditRules.isAudited(call.method(), call.pattern())) {
				if (!isRecorded(call)) {
					unrecorded.add(call.toString());
				}
			}
			else if (AuditRules.isMutating(call.method())) {
				exempt.add(call.toString());
			}
		}
		assertThat(unrecorded).isEmpty();
		assertThat(exempt).containsExactly("POST /containers/{reference}/wait");
	}

	/** A mapping, with one of its methods. */
	private record Call(String method, String pattern, String query) {

		@Override
		public String toString() {
			return this.method + " " + this.pattern;
		}

	}

	/** What tells two mappings of one path apart. */
	private static String query(RequestMappingInfo mapping) {
		return mapping.getParamsCondition()
			.getExpressions()
			.stream()
			.filter((each) -> !each.isNegated())
			.map((each) -> each.getName() + "=" + ((each.getValue() != null) ? each.getValue() : "x"))
			.collect(Collectors.joining("&", "?", ""));
	}

	private static List<Call> mappings() {
		List<Call> calls = new ArrayList<>();
		for (RequestMappingInfo mapping : server
			.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
			.getHandlerMethods()
			.keySet()) {
			for (String pattern : mapping.getPatternValues()) {
				for (RequestMethod method : mapping.getMethodsCondition().getMethods()) {
					calls.add(new Call(method.name(), pattern, query(mapping)));
				}
			}
		}
		assertThat(calls).hasSizeGreaterThan(20);
		return calls;
	}

	/**
	 * Sends it with a target that does not exist; some never answer, so nobody waits for
	 * that.
	 */
	private static boolean isRecorded(Call call) throws Exception {
		String path = call.pattern().replaceAll("\\{[^}]*}", "no-such-thing").replace("**", "x");
		int before = found(Map.of("action", call.toString(), "kind", "intent")).size();
		try (Connection connection = server.api().connect()) {
			connection.write(ByteBuffer.wrap((call.method() + " " + path + call.query()
					+ " HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
				.getBytes(StandardCharsets.UTF_8)));
			for (int i = 0; i < 400; i++) {
				if (found(Map.of("action", call.toString(), "kind", "intent")).size() > before) {
					return true;
				}
				Thread.sleep(50);
			}
			return false;
		}
	}

	@Test
	void callIsRecordedBeforeAndAfterWithWhoAndWhat() throws Exception {
		String id = create("\"Cmd\":[\"/hello\"]");
		Answer started = server.api().post("/containers/" + id + "/start");
		assertThat(started.status()).isEqualTo(204);
		List<AuditRecord> records = found(Map.of("request", started.headers().get("audit-id")));
		assertThat(records).hasSize(2);
		JsonNode outcome = JSON.readTree(records.getFirst().text());
		JsonNode intent = JSON.readTree(records.getLast().text());
		assertThat(intent.path("kind").asString()).isEqualTo("intent");
		assertThat(intent.path("outcome").asString()).isEmpty();
		assertThat(intent.path("action").asString()).isEqualTo("POST /containers/{reference}/start");
		assertThat(intent.path("target").asString()).isEqualTo("containers/" + id);
		assertThat(intent.at("/details/before/phase").asString()).isEqualTo("created");
		assertThat(intent.at("/actor/auth").asString()).isEqualTo("unix-peer");
		assertThat(intent.at("/actor/name").asString()).isEqualTo("root");
		assertThat(intent.at("/actor/pid").asLong()).isEqualTo(ProcessHandle.current().pid());
		assertThat(intent.at("/actor/executable").asString())
			.isEqualTo(Path.of("/proc/self/exe").toRealPath().toString());
		assertThat(outcome.path("outcome").asString()).isEqualTo("success");
		assertThat(outcome.at("/details/status").asInt()).isEqualTo(204);
		assertThat(outcome.at("/details/after").isObject()).isTrue();
	}

	@Test
	void whatWasMadeIsTheTargetOfTheOutcome() throws Exception {
		String id = create("");
		assertThat(found(Map.of("target", "containers/" + id))).extracting((each) -> each.entry().action())
			.contains("POST /containers/create");
	}

	@Test
	void secretsAreRecordedAsDigestsOnly() throws Exception {
		create("\"Env\":[\"ONE=s3cr3t-value\",\"TWO=s3cr3t-value\",\"THREE=other\"],"
				+ "\"Labels\":{\"password\":\"l4b3l-value\",\"plain\":\"to be read\"},"
				+ "\"Cmd\":[\"x\",\"--token=fl4g-value\",\"--api-key\",\"4rgum3nt-value\"]");
		server.api()
			.post("/containers/create?name=a&password=qu3ry-value",
					"{\"Image\":\"s3cr3t-value\",\"Env\":[\"A=s3cr3t-value\"]}");
		List<String> texts = server.bean(AuditLog.class)
			.texts(new AuditQuery(Map.of("action", "POST /containers/create"), null, null, "", -1, 1000));
		assertThat(String.join("\n", texts))
			.doesNotContain("s3cr3t-value\",\"TWO", "=s3cr3t-value", "l4b3l-value", "fl4g-value", "4rgum3nt-value",
					"qu3ry-value")
			.contains("to be read", "\"ONE=hmac-sha256:");
		JsonNode env = JSON.readTree(texts.stream().filter((text) -> text.contains("ONE=")).findFirst().orElseThrow())
			.at("/details/body/Env");
		assertThat(env.get(0).asString().substring(4)).isEqualTo(env.get(1).asString().substring(4))
			.isNotEqualTo(env.get(2).asString().substring(6));
	}

	@Test
	void failedCallsAndThoseToNobodyAreRecordedToo() throws Exception {
		Answer missing = server.api().post("/containers/nothing-here/start");
		assertThat(missing.status()).isEqualTo(404);
		JsonNode outcome = JSON.readTree(found(Map.of("request", missing.headers().get("audit-id"))).getFirst().text());
		assertThat(outcome.path("outcome").asString()).isEqualTo("failure");
		assertThat(outcome.at("/details/error").asString()).isEqualTo("No such container: nothing-here");
		Answer nobody = server.api().post("/no/such/path");
		assertThat(awaitOne(Map.of("request", nobody.headers().get("audit-id"))).entry().outcome())
			.isEqualTo("failure");
		Answer old = server.api().post("/v1.1/containers/create");
		assertThat(old.status()).isEqualTo(400);
	}

	@Test
	void readingIntoAContainerIsRecordedAndOtherReadingIsNot() throws Exception {
		String id = create("");
		Answer logs = server.api().get("/containers/" + id + "/logs?stdout=1");
		assertThat(found(Map.of("request", logs.headers().get("audit-id")))).hasSize(2);
		assertThat(server.api().get("/containers/" + id + "/json").headers()).doesNotContainKey("audit-id");
	}

	@Test
	void whatCannotBeRecordedIsNotDone() throws Exception {
		try (RunningServer other = RunningServer.start(List.of(Application.class),
				"--caisson.cgroup-parent=caisson-test-audit-2", "--caisson.network.bridge=caisson-audit2")) {
			other.bean(AuditLog.class).close();
			Answer refused = other.api().post("/containers/create", "{\"Image\":\"caisson/hello\"}");
			assertThat(refused.status()).isEqualTo(503);
			assertThat(refused.body()).contains("the audit log cannot be written, so nothing was done");
			assertThat(other.bean(IsolationEngine.class).containers().all()).isEmpty();
			assertThat(other.api().get("/containers/json?all=1").status()).isEqualTo(200);
		}
	}

	@Test
	void pagesAreGivenOutInEachFormat() throws Exception {
		create("");
		JsonNode first = JSON.readTree(server.api().get("/api/v1/audit?limit=1&kind=outcome").body());
		assertThat(first.path("records")).hasSize(1);
		JsonNode second = JSON.readTree(server.api().get(first.path("next").asString()).body());
		assertThat(second.at("/records/0/seq").asLong()).isLessThan(first.at("/records/0/seq").asLong());
		String line = server.api().get("/api/v1/audit?limit=1&format=ndjson").body();
		assertThat(AuditRecord.parse(line.strip()).text()).isEqualTo(line.strip());
		assertThat(server.api().get("/api/v1/audit?limit=2&format=csv").body().lines()).hasSize(3)
			.first()
			.isEqualTo("seq,time,kind,outcome,actor,action,target,source,request,details");
		JsonNode event = JSON
			.readTree(server.api().get("/api/v1/audit?limit=1&format=ocsf&action=POST+%2Fcontainers%2Fcreate").body());
		assertThat(event.path("class_uid").asInt()).isEqualTo(6003);
		assertThat(event.path("type_uid").asInt()).isEqualTo(600301);
		for (String wrong : List.of("since=yesterday", "limit=0", "limit=x", "colour=red", "format=xml", "before=-1")) {
			assertThat(server.api().get("/api/v1/audit?" + wrong).status()).as(wrong).isEqualTo(400);
		}
	}

	@Test
	void proofsAndCheckpointsFitTogether() throws Exception {
		create("");
		VerifierKey key = VerifierKey.parse(server.api().get("/api/v1/audit/key").body());
		SignedNote note = SignedNote.parse(server.api().get("/api/v1/audit/checkpoint").body());
		assertThat(note.isSignedBy(key)).isTrue();
		Checkpoint checkpoint = Checkpoint.parse(note.text());
		JsonNode proof = JSON
			.readTree(server.api().get("/api/v1/audit/proof/inclusion?record=0&size=" + checkpoint.size()).body());
		List<Hash> hashes = new ArrayList<>();
		proof.path("proof").forEach((each) -> hashes.add(Hash.parse(each.asString())));
		assertThat(Proofs.includes(Hash.parse(proof.path("leafHash").asString()), 0, checkpoint.size(), hashes,
				checkpoint.root()))
			.isTrue();
		assertThat(server.api().get("/api/v1/audit/proof/consistency?from=1&to=" + checkpoint.size()).status())
			.isEqualTo(200);
		assertThat(server.api().get("/api/v1/audit/proof/consistency?from=9999999").status()).isEqualTo(400);
		assertThat(server.api().get("/api/v1/audit/verify").body()).contains("\"fits\":true");
	}

	@Test
	void checkpointsGoToOtherPlacesToo() throws Exception {
		try (DatagramSocket syslog = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
			CompletableFuture<String> posted = new CompletableFuture<>();
			HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
			http.createContext("/", (exchange) -> {
				posted.complete(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
				exchange.sendResponseHeaders(204, -1);
				exchange.close();
			});
			http.start();
			Path file = server.directory().resolve("published");
			MockEnvironment settings = new MockEnvironment().withProperty("caisson.audit.publish-file", file.toString())
				.withProperty("caisson.audit.publish-syslog", "127.0.0.1:" + syslog.getLocalPort())
				.withProperty("caisson.audit.publish-http", "http://127.0.0.1:" + http.getAddress().getPort() + "/");
			AuditLog log = server.bean(AuditLog.class);
			try (CheckpointPublisher _ = new CheckpointPublisher(log, settings)) {
				create("");
				String note = log.checkpoint();
				assertThat(posted.get(30, TimeUnit.SECONDS)).isEqualTo(note);
				DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
				syslog.setSoTimeout(30_000);
				syslog.receive(packet);
				assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
					.startsWith("<109>1 ")
					.endsWith(CanonicalJson.write(note));
				assertThat(file).content().startsWith(note);
			}
			finally {
				http.stop(0);
			}
		}
	}

	@Test
	void backupIsGivenOutWhileTheServiceRuns() throws Exception {
		create("");
		Answer backup = server.api().get("/api/v1/backup");
		assertThat(backup.status()).isEqualTo(200);
		assertThat(backup.headers()).containsEntry("content-type", "application/zip").containsKey("audit-id");
		assertThat(backup.body()).startsWith("PK").contains("tables/container_record", "audit/signing.key");
	}

	private static String create(String fields) throws IOException {
		Answer created = server.api()
			.post("/containers/create", "{\"Image\":\"caisson/hello\"" + (fields.isEmpty() ? "" : ",") + fields + "}");
		assertThat(created.status()).as(created.body()).isEqualTo(201);
		return JSON.readTree(created.body()).path("Id").asString();
	}

	/**
	 * What is refused before it comes to an endpoint is recorded while it is answered.
	 */
	private static AuditRecord awaitOne(Map<String, String> equal) throws InterruptedException {
		for (int i = 0; i < 400 && found(equal).isEmpty(); i++) {
			Thread.sleep(50);
		}
		assertThat(found(equal)).hasSize(1);
		return found(equal).getFirst();
	}

	private static List<AuditRecord> found(Map<String, String> equal) {
		return server.bean(AuditLog.class).find(new AuditQuery(equal, null, null, "", -1, 1000));
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
