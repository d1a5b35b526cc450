package dev.caisson.platform.container;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

import dev.caisson.engine.IsolationEngine;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.PlatformConfiguration;
import dev.caisson.platform.testing.RunningServer;
import dev.caisson.platform.testing.UnixHttp.Answer;
import dev.caisson.platform.testing.UnixHttp.Connection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole service with a busybox image, and its API in few words. */
final class ContainerService implements AutoCloseable {

	static final JsonMapper JSON = new JsonMapper();

	private final RunningServer server;

	private ContainerService(RunningServer server) {
		this.server = server;
	}

	static ContainerService start() throws IOException {
		RunningServer server = RunningServer.start(List.of(Application.class),
				"--caisson.cgroup-parent=caisson-test-api");
		ByteArrayOutputStream archive = new ByteArrayOutputStream();
		BusyboxRoot.archive(archive, "busybox:latest", BusyboxRoot.layer());
		server.bean(IsolationEngine.class).images().load(new ByteArrayInputStream(archive.toByteArray()), (_) -> {
		});
		return new ContainerService(server);
	}

	Path socket() {
		return this.server.socket();
	}

	Path directory() {
		return this.server.directory();
	}

	<T> T bean(Class<T> type) {
		return this.server.bean(type);
	}

	Answer get(String path) throws IOException {
		return this.server.api().get(path);
	}

	JsonNode json(String path) throws IOException {
		Answer answer = get(path);
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		return JSON.readTree(answer.body());
	}

	Answer post(String path) throws IOException {
		return this.server.api().post(path);
	}

	Answer post(String path, String body) throws IOException {
		return this.server.api().post(path, body);
	}

	Answer delete(String path) throws IOException {
		return this.server.api().delete(path);
	}

	Connection hijack(String path) throws IOException {
		return this.server.api().hijack(path, true);
	}

	Connection connect() throws IOException {
		return this.server.api().connect();
	}

	/** Creates a busybox container. */
	String create(String name, String fields) throws IOException {
		Answer answer = post("/containers/create" + (name.isEmpty() ? "" : "?name=" + name), request(fields));
		assertThat(answer.status()).as(answer.body()).isEqualTo(201);
		return JSON.readTree(answer.body()).path("Id").asString();
	}

	static String request(String fields) {
		return "{\"Image\":\"busybox\"" + (fields.isEmpty() ? "" : "," + fields) + "}";
	}

	void start(String reference) throws IOException {
		Answer answer = post("/containers/" + reference + "/start");
		assertThat(answer.status()).as(answer.body()).isEqualTo(204);
	}

	int waitFor(String reference) throws IOException {
		return JSON.readTree(post("/containers/" + reference + "/wait").body()).path("StatusCode").asInt(-1);
	}

	JsonNode inspect(String reference) throws IOException {
		return json("/containers/" + reference + "/json");
	}

	/** Inspects it until what it shows is as wanted. */
	JsonNode await(String reference, Predicate<JsonNode> condition) throws Exception {
		JsonNode container = inspect(reference);
		while (!condition.test(container)) {
			Thread.sleep(20);
			container = inspect(reference);
		}
		return container;
	}

	static String filters(String json) {
		return "filters=" + URLEncoder.encode(json, StandardCharsets.UTF_8);
	}

	void removeAll() throws IOException {
		for (JsonNode container : json("/containers/json?all=1")) {
			delete("/containers/" + container.path("Id").asString() + "?force=1&v=1");
		}
	}

	@Override
	public void close() throws IOException {
		removeAll();
		this.server.close();
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
