package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.UnixHttp.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(comparesEachTest = false)
@Timeout(60)
class ContainerApiTests {

	private static ContainerService service;

	@BeforeAll
	static void start() throws IOException {
		service = ContainerService.start();
	}

	@AfterAll
	static void stop() throws IOException {
		service.close();
	}

	@AfterEach
	void removeContainers() throws IOException {
		service.removeAll();
		FileSystemUtils.deleteRecursively(service.directory().resolve("data/volumes"));
	}

	@Test
	void createdContainerIsShownAsDockerDefines() throws IOException {
		Answer answer = service.post("/v1.44/containers/create?name=web", ContainerService.request("""
				"Cmd":["sh","-c","echo hi there"],"Labels":{"a":"b"},"ExposedPorts":{"80/tcp":{}},"Env":["A=1"],
				"Healthcheck":{"Test":["CMD","true"],"Interval":1000000000},
				"HostConfig":{"Binds":["/srv:/srv:ro","data:/data"],"Memory":67108864,"NanoCpus":500000000,
				"PortBindings":{"80/tcp":[{"HostPort":"8080"}]},"Tmpfs":{"/run":"size=1m"},
				"Mounts":[{"Type":"tmpfs","Target":"/t"}],"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":2},
				"Ulimits":[{"Name":"nofile","Soft":10,"Hard":20}]}"""));
		assertThat(answer.status()).isEqualTo(201);
		DockerSchema.assertValid("ContainerCreateResponse", answer.body());
		String inspected = service.get("/containers/web/json?size=1").body();
		DockerSchema.assertValid("ContainerInspectResponse", inspected);
		JsonNode container = ContainerService.JSON.readTree(inspected);
		String id = container.path("Id").asString();
		assertThat(container.path("Name").asString()).isEqualTo("/web");
		assertThat(container.path("Path").asString()).isEqualTo("sh");
		assertThat(container.path("State").path("Status").asString()).isEqualTo("created");
		assertThat(container.path("State").path("StartedAt").asString()).isEqualTo("0001-01-01T00:00:00Z");
		assertThat(container.path("Config").path("Hostname").asString()).isEqualTo(id.substring(0, 12));
		assertThat(container.path("HostConfig").path("Memory").asLong()).isEqualTo(64 << 20);
		assertThat(container.path("HostConfig").path("RestartPolicy").path("Name").asString()).isEqualTo("on-failure");
		assertThat(container.path("HostConfig").path("PortBindings").path("80/tcp").path(0).path("HostPort").asString())
			.isEqualTo("8080");
		assertThat(container.path("Mounts")).hasSize(3);
		String listed = service.get("/containers/json?all=1&size=1").body();
		DockerSchema.assertEachValid("ContainerSummary", listed);
		JsonNode summary = ContainerService.JSON.readTree(listed).path(0);
		assertThat(summary.path("Command").asString()).isEqualTo("sh -c 'echo hi there'");
		assertThat(summary.path("Status").asString()).isEqualTo("Created");
		assertThat(summary.path("Image").asString()).isEqualTo("busybox");
	}

	@Test
	void containerIsFoundByIdPrefixAndName() throws IOException {
		String id = service.create("one", "");
		for (String reference : List.of(id, id.substring(0, 12), id.substring(0, 4), "one", "%2Fone")) {
			assertThat(service.inspect(reference).path("Id").asString()).isEqualTo(id);
		}
		Answer answer = service.get("/containers/nobody/json");
		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.body()).isEqualTo("{\"message\":\"No such container: nobody\"}");
	}

	@Test
	void nameOfAnotherIsRefusedInDockersWords() throws IOException {
		String id = service.create("one", "");
		Answer answer = service.post("/containers/create?name=one", ContainerService.request(""));
		assertThat(answer.status()).isEqualTo(409);
		assertThat(message(answer)).isEqualTo("Conflict. The container name \"/one\" is already in use by container \""
				+ id + "\". You have to remove (or rename) that container to be able to reuse that name.");
		assertThat(service.json("/containers/json?all=1")).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					"Memory":1048576                                      | Minimum memory limit allowed is 6MB
					"NanoCpus":-1                                         | Range of CPUs is from 0.01 to
					"CapAdd":["FLYING"]                                   | unknown capability
					"SecurityOpt":["seccomp={\\"defaultAction\\":7}"]     | defaultAction
					"SecurityOpt":["seccomp={\\"defaultAction\\":\\"SCMP_ACT_NONE\\"}"] | SCMP_ACT_NONE
					"SecurityOpt":["label=type:x_t"]                      | SELinux
					"Sysctls":{"kernel.panic":"1"}                        | is not namespaced
					"Devices":[{"PathOnHost":"/dev/nothing"}]             | error gathering device information while adding custom device "/dev/nothing": no such file or directory
					"Binds":["rel:/x/../..","a b:/x"]                     | invalid
					"Binds":["/a:/x","/b:/x"]                             | Duplicate mount point: /x
					"Mounts":[{"Type":"bind","Source":"/none","Target":"/x"}] | bind source path does not exist: /none
					"BlkioDeviceReadBps":[{"Path":"/dev/null","Rate":1}]  | no such block device
					""")
	void impossibleRequestIsRefusedAndLeavesNothing(String fields, String words) throws IOException {
		Answer answer = service.post("/containers/create?name=bad",
				ContainerService.request("\"Volumes\":{\"/v\":{}},\"HostConfig\":{" + fields + "}"));
		assertThat(answer.status()).as(answer.body()).isEqualTo(400);
		assertThat(message(answer)).contains(words);
		assertThat(service.json("/containers/json?all=1")).isEmpty();
		assertThat(below("containers")).isEmpty();
		assertThat(below("volumes")).isEmpty();
		service.create("bad", "");
	}

	@Test
	void unknownImageIsNotFound() throws IOException {
		Answer answer = service.post("/containers/create", "{\"Image\":\"nosuch\"}");
		assertThat(answer.status()).isEqualTo(404);
		assertThat(message(answer)).isEqualTo("No such image: nosuch:latest");
	}

	@Test
	void invalidNameIsRefused() throws IOException {
		Answer answer = service.post("/containers/create?name=a%20b", ContainerService.request(""));
		assertThat(answer.status()).isEqualTo(400);
		assertThat(message(answer))
			.isEqualTo("Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
	}

	@Test
	void removalLeavesNothing() throws IOException {
		String id = service.create("", "\"Volumes\":{\"/v\":{}}");
		assertThat(below("volumes")).hasSize(1);
		assertThat(service.delete("/containers/" + id + "?v=1").status()).isEqualTo(204);
		assertThat(below("containers")).isEmpty();
		assertThat(below("volumes")).isEmpty();
		assertThat(service.get("/containers/" + id + "/json").status()).isEqualTo(404);
		assertThat(service.delete("/containers/" + id).status()).isEqualTo(404);
	}

	@Test
	void renamedContainerFreesItsName() throws IOException {
		String id = service.create("old", "");
		assertThat(service.post("/containers/old/rename?name=new").status()).isEqualTo(204);
		assertThat(service.inspect("new").path("Id").asString()).isEqualTo(id);
		assertThat(service.get("/containers/old/json").status()).isEqualTo(404);
		service.create("old", "");
		assertThat(service.post("/containers/old/rename?name=new").status()).isEqualTo(409);
		assertThat(service.post("/containers/old/rename?name=").status()).isEqualTo(400);
	}

	@Test
	void listIsFiltered() throws IOException {
		service.create("alpha", "\"Labels\":{\"tier\":\"web\",\"x\":\"1\"}");
		service.create("beta", "\"Labels\":{\"tier\":\"db\"},\"HostConfig\":{\"Binds\":[\"vol1:/data\"]}");
		service.create("gamma", "\"HostConfig\":{\"NetworkMode\":\"none\"}");
		assertThat(service.json("/containers/json")).isEmpty();
		assertThat(names("")).containsExactly("/gamma", "/beta", "/alpha");
		assertThat(names("&limit=2")).containsExactly("/gamma", "/beta");
		assertThat(filtered("{\"label\":[\"tier=web\"]}")).containsExactly("/alpha");
		assertThat(filtered("{\"label\":{\"tier\":true,\"x=1\":true}}")).containsExactly("/alpha");
		assertThat(filtered("{\"label\":{\"tier\":true}}")).containsExactly("/beta", "/alpha");
		assertThat(filtered("{\"name\":[\"amm\"]}")).containsExactly("/gamma");
		assertThat(filtered("{\"name\":[\"^/alpha$\",\"^beta$\"]}")).containsExactly("/beta", "/alpha");
		assertThat(filtered("{\"status\":[\"created\"]}")).hasSize(3);
		assertThat(filtered("{\"status\":[\"running\"]}")).isEmpty();
		assertThat(filtered("{\"before\":[\"beta\"]}")).containsExactly("/alpha");
		assertThat(filtered("{\"since\":[\"beta\"]}")).containsExactly("/gamma");
		assertThat(filtered("{\"volume\":[\"vol1\"]}")).containsExactly("/beta");
		assertThat(filtered("{\"volume\":[\"/data\"]}")).containsExactly("/beta");
		assertThat(filtered("{\"network\":[\"none\"]}")).containsExactly("/gamma");
		assertThat(filtered("{\"ancestor\":[\"busybox:latest\"]}")).hasSize(3);
		assertThat(filtered("{\"ancestor\":[\"debian\"]}")).isEmpty();
		assertThat(filtered("{\"id\":[\"" + service.inspect("alpha").path("Id").asString().substring(0, 12) + "\"]}"))
			.containsExactly("/alpha");
		assertThat(service.get("/containers/json?" + ContainerService.filters("{\"colour\":[\"red\"]}")).status())
			.isEqualTo(400);
	}

	@Test
	void verbsThatDoNotFitTheStateAreRefused() throws IOException {
		service.create("idle", "");
		assertThat(service.post("/containers/idle/stop").status()).isEqualTo(304);
		Answer kill = service.post("/containers/idle/kill");
		assertThat(kill.status()).isEqualTo(409);
		assertThat(message(kill)).startsWith("cannot kill container: idle: container ").endsWith(" is not running");
		assertThat(service.post("/containers/idle/pause").status()).isEqualTo(409);
		assertThat(service.post("/containers/idle/unpause").status()).isEqualTo(409);
		assertThat(service.post("/containers/idle/resize?h=1&w=1").status()).isEqualTo(409);
		assertThat(service.get("/containers/idle/top").status()).isEqualTo(409);
		assertThat(service.post("/containers/idle/wait?condition=never").status()).isEqualTo(400);
		assertThat(service.get("/containers/idle/logs").status()).isEqualTo(400);
		assertThat(service.post("/containers/idle/wait").body()).contains("\"StatusCode\":0");
	}

	private static List<String> filtered(String filters) throws IOException {
		return names("&" + ContainerService.filters(filters));
	}

	private static List<String> names(String parameters) throws IOException {
		return StreamSupport.stream(service.json("/containers/json?all=1" + parameters).spliterator(), false)
			.map((container) -> container.path("Names").path(0).asString())
			.toList();
	}

	/** What is there for clients: hidden things are on their way out. */
	private static List<Path> below(String directory) throws IOException {
		Path root = service.directory().resolve("data").resolve(directory);
		if (Files.notExists(root)) {
			return List.of();
		}
		try (var children = Files.list(root)) {
			return children.filter((child) -> !child.getFileName().toString().startsWith(".")).toList();
		}
	}

	private static String message(Answer answer) {
		return ContainerService.JSON.readTree(answer.body()).path("message").asString();
	}

}
