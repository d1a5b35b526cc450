package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.container.DockerCli.Result;
import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.UnixHttp.Answer;
import dev.caisson.platform.testing.UnixHttp.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX, Feature.DOCKER_CLI }, comparesEachTest = false)
@Timeout(120)
class ExecApiTests {

	private static ContainerService service;

	@TempDir
	private static Path configuration;

	private String container;

	@BeforeAll
	static void start() throws IOException {
		service = ContainerService.start();
	}

	@AfterAll
	static void stop() throws IOException {
		service.close();
	}

	@BeforeEach
	void startContainer() throws IOException {
		this.container = service.create("box", "\"Cmd\":[\"sleep\",\"1000\"],\"Env\":[\"A=of the container\"]");
		service.start(this.container);
	}

	@AfterEach
	void removeContainers() throws IOException {
		service.removeAll();
	}

	@Test
	void execIsCreatedStartedAndShown() throws IOException {
		String exec = create("\"Cmd\":[\"sh\",\"-c\",\"echo $A; echo err >&2; exit 3\"],\"AttachStdout\":true,"
				+ "\"AttachStderr\":true,\"User\":\"0\"");
		JsonNode created = inspect(exec);
		assertThat(created.path("Running").asBoolean()).isFalse();
		assertThat(created.path("ExitCode").isNull()).isTrue();
		assertThat(created.path("ContainerID").asString()).isEqualTo(this.container);
		assertThat(created.path("ProcessConfig").toString()).isEqualTo("{\"privileged\":false,\"user\":\"0\","
				+ "\"tty\":false,\"entrypoint\":\"sh\",\"arguments\":[\"-c\",\"echo $A; echo err >&2; exit 3\"]}");
		assertThat(service.inspect(this.container).path("ExecIDs").toString()).isEqualTo("[\"" + exec + "\"]");
		try (Connection client = startAttached(exec, "{}")) {
			assertThat(client.status()).isEqualTo(101);
			assertThat(client.headers()).containsEntry("content-type", "application/vnd.docker.multiplexed-stream");
			Frames frames = Frames.of(client.readToEnd());
			assertThat(frames.output()).isEqualTo("of the container\n");
			assertThat(frames.error()).isEqualTo("err\n");
		}
		JsonNode ended = inspect(exec);
		assertThat(ended.path("Running").asBoolean()).isFalse();
		assertThat(ended.path("ExitCode").asInt()).isEqualTo(3);
		assertThat(ended.path("Pid").asInt()).isPositive();
		assertThat(service.inspect(this.container).path("ExecIDs").isMissingNode()).isTrue();
		assertRefused(startDetached(exec), 409, "Error: Exec command " + exec + " has already run");
		assertRefused(service.post("/exec/" + exec + "/resize?h=1&w=1"), 404, "No such exec instance: " + exec);
	}

	@Test
	void detachedExecRunsByItself() throws IOException {
		String exec = create("\"Cmd\":[\"sleep\",\"1000\"]");
		assertThat(startDetached(exec).status()).isEqualTo(200);
		JsonNode running = inspect(exec);
		assertThat(running.path("Running").asBoolean()).isTrue();
		assertThat(running.path("ExitCode").isNull()).isTrue();
		assertRefused(startDetached(exec), 409, "Error: Exec command " + exec + " is already running");
		assertThat(service.post("/containers/box/kill").status()).isEqualTo(204);
		assertThat(inspect(exec).path("ExitCode").asInt()).isEqualTo(137);
	}

	@Test
	void whatCannotBeIsRefusedInDockersWords() throws IOException {
		assertRefused(service.post("/containers/box/exec", "{}"), 400, "No exec command specified");
		assertRefused(service.post("/containers/box/exec", "{\"Cmd\":[1]}"), 400,
				"invalid JSON: field Cmd.0 has a value of the wrong type");
		assertRefused(service.post("/containers/nope/exec", "{\"Cmd\":[\"true\"]}"), 404, "No such container: nope");
		assertRefused(service.post("/containers/box/exec", "{\"Cmd\":[\"true\"],\"DetachKeys\":\"x-y\"}"), 400,
				"invalid detach keys: unknown character: 'x-y'");
		assertRefused(service.get("/exec/nope/json"), 404, "No such exec instance: nope");
		String exec = create("\"Cmd\":[\"true\"]");
		assertRefused(service.post("/exec/" + exec + "/start", "{\"ConsoleSize\":[1]}"), 400,
				"invalid ConsoleSize: give two numbers, the lines and the columns");
		service.post("/containers/box/pause");
		assertRefused(service.post("/containers/box/exec", "{\"Cmd\":[\"true\"]}"), 409,
				"Container box is paused, unpause the container before exec");
		assertRefused(startDetached(exec), 409,
				"Container " + this.container + " is paused, unpause the container before exec");
		service.post("/containers/box/unpause");
		service.post("/containers/box/kill");
		assertRefused(service.post("/containers/box/exec", "{\"Cmd\":[\"true\"]}"), 409,
				"Container " + this.container + " is not running");
		assertRefused(startDetached(exec), 404, "No such exec instance: " + exec);
	}

	@Test
	void programThatIsMissingIsToldInTheStreamAndByTheExitCode() throws IOException {
		String words = "OCI runtime exec failed: exec failed: unable to start container process: "
				+ "exec: \"nope\": executable file not found in $PATH: unknown";
		String exec = create("\"Cmd\":[\"nope\"],\"AttachStdout\":true");
		try (Connection client = startAttached(exec, "{}")) {
			assertThat(Frames.of(client.readToEnd()).output()).isEqualTo(words + "\r\n");
		}
		assertThat(inspect(exec).path("ExitCode").asInt()).isEqualTo(127);
		assertRefused(startDetached(create("\"Cmd\":[\"nope\"]")), 400, words);
	}

	@Test
	void terminalHasTheSizeOfItsStartAndGivesItsClientUp() throws IOException {
		String exec = create("\"Cmd\":[\"sh\"],\"AttachStdin\":true,\"AttachStdout\":true,\"Tty\":true,"
				+ "\"DetachKeys\":\"ctrl-x\"");
		try (Connection client = startAttached(exec, "{\"Tty\":true,\"ConsoleSize\":[33,44]}")) {
			assertThat(client.headers()).containsEntry("content-type", "application/vnd.docker.raw-stream");
			client.write(bytes("stty size\n"));
			readUntil(client, "33 44\r\n");
			assertThat(service.post("/exec/" + exec + "/resize?h=55&w=66").status()).isEqualTo(200);
			client.write(bytes("stty size; echo $TERM\n"));
			readUntil(client, "55 66\r\nxterm\r\n");
			client.write(bytes("\u0018"));
			client.readToEnd();
		}
		assertThat(inspect(exec).path("Running").asBoolean()).isTrue();
	}

	@Test
	void clientThatGoesLeavesTheProcessRunning() throws IOException {
		String exec = create("\"Cmd\":[\"sh\",\"-c\",\"while :; do echo x; done\"],\"AttachStdout\":true");
		try (Connection client = startAttached(exec, "{}")) {
			assertThat(client.read(100)).hasSize(100);
		}
		assertThat(inspect(exec).path("Running").asBoolean()).isTrue();
	}

	@Test
	void clientThatDoesNotReadStopsNobodyElse() throws IOException {
		String flood = create("\"Cmd\":[\"yes\"],\"AttachStdout\":true");
		try (Connection deaf = startAttached(flood, "{}")) {
			assertThat(deaf.status()).isEqualTo(101);
			for (int i = 0; i < 5; i++) {
				String other = create("\"Cmd\":[\"echo\",\"" + i + "\"],\"AttachStdout\":true");
				try (Connection client = startAttached(other, "{}")) {
					assertThat(Frames.of(client.readToEnd()).output()).isEqualTo(i + "\n");
				}
			}
		}
	}

	@Test
	void dockerExecMovesFiftyMegabytesBothWays() throws Exception {
		byte[] bytes = new byte[50 << 20];
		new Random(7).nextBytes(bytes);
		DockerCli.Bytes result = new DockerCli(service.socket(), configuration).runBinary(bytes, "exec", "-i", "box",
				"cat");
		assertThat(result.error()).isEmpty();
		assertThat(result.exitCode()).isZero();
		assertThat(Arrays.equals(result.output(), bytes)).as("the same 50 MB").isTrue();
	}

	@Test
	void dockerExecKnowsItsOptions() throws Exception {
		assertThat(docker("exec", "-e", "A=mine", "-w", "/tmp", "-u", "1000:29", "box", "sh", "-c",
				"echo $A; pwd; id -u; id -g; exit 9"))
			.isEqualTo(new Result(9, "mine\n/tmp\n1000\n29\n", ""));
		assertThat(docker("exec", "box", "nope").exitCode()).isEqualTo(127);
		assertThat(docker("exec", "box", "/etc/passwd").exitCode()).isEqualTo(126);
		assertThat(docker("exec", "--privileged", "box", "grep", "CapBnd", "/proc/self/status").output())
			.isNotEqualTo(docker("exec", "box", "grep", "CapBnd", "/proc/self/status").output());
		assertThat(docker("exec", "-d", "box", "touch", "/made").exitCode()).isZero();
		assertThat(docker("exec", "box", "sh", "-c", "while ! [ -e /made ]; do sleep 0.05; done; echo there"))
			.isEqualTo(new Result(0, "there\n", ""));
		String events = docker("events", "--since", "1h", "--until",
				Long.toString(System.currentTimeMillis() / 1000 + 1), "--format", "{{.Action}}", "--filter",
				"container=box")
			.output();
		assertThat(events).contains("exec_create: nope \n", "exec_start: touch /made\n", "exec_die\n");
	}

	private static Result docker(String... arguments) throws Exception {
		return new DockerCli(service.socket(), configuration).run(new byte[0], arguments);
	}

	private String create(String fields) throws IOException {
		Answer answer = service.post("/containers/box/exec", "{" + fields + "}");
		assertThat(answer.status()).as(answer.body()).isEqualTo(201);
		DockerSchema.assertValid("IDResponse", answer.body());
		return ContainerService.JSON.readTree(answer.body()).path("Id").asString();
	}

	private static Connection startAttached(String exec, String body) throws IOException {
		Connection client = service.connect();
		client
			.write(bytes("POST /exec/" + exec + "/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
					+ "Content-Length: " + body.length() + "\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n" + body));
		client.readHead();
		return client;
	}

	private static Answer startDetached(String exec) throws IOException {
		return service.post("/exec/" + exec + "/start", "{\"Detach\":true}");
	}

	private static JsonNode inspect(String exec) throws IOException {
		Answer answer = service.get("/exec/" + exec + "/json");
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		return ContainerService.JSON.readTree(answer.body());
	}

	private static void assertRefused(Answer answer, int status, String message) {
		assertThat(answer.status()).as(answer.body()).isEqualTo(status);
		assertThat(ContainerService.JSON.readTree(answer.body()).path("message").asString()).isEqualTo(message);
	}

	private static void readUntil(Connection client, String wanted) throws IOException {
		StringBuilder read = new StringBuilder();
		while (read.indexOf(wanted) < 0) {
			int next = client.read();
			assertThat(next).as("'%s' within '%s'", wanted, read).isNotNegative();
			read.append((char) next);
		}
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
