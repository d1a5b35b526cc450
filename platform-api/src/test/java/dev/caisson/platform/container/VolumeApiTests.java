package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.testing.Feature;
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

import static org.assertj.core.api.Assertions.assertThat;

/** Volumes over the API, held against the files and mounts of the host. */
@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(120)
class VolumeApiTests {

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
	void removeAll() throws IOException {
		service.removeAll();
		for (JsonNode volume : service.json("/volumes").path("Volumes")) {
			service.delete("/volumes/" + volume.path("Name").asString());
		}
		assertThat(names()).isEmpty();
	}

	private static List<String> names() throws IOException {
		List<String> names = new ArrayList<>();
		service.json("/volumes").path("Volumes").forEach((volume) -> names.add(volume.path("Name").asString()));
		return names;
	}

	private static JsonNode create(String body) throws IOException {
		Answer answer = service.post("/volumes/create", body);
		assertThat(answer.status()).as(answer.body()).isEqualTo(201);
		DockerSchema.assertValid("Volume", answer.body());
		return ContainerService.JSON.readTree(answer.body());
	}

	private static Path data(String name) {
		return service.directory().resolve("data/volumes").resolve(name).resolve("_data");
	}

	private static String command(String script) {
		return "\"Cmd\":[\"sh\",\"-c\",\"" + script + "\"]";
	}

	private static void run(String name, String script, String host) throws IOException {
		service.create(name, command(script) + ",\"HostConfig\":{" + host + "}");
		service.start(name);
		assertThat(service.waitFor(name)).isZero();
	}

	private static boolean isMounted(Path path) throws IOException {
		return Files.readString(Path.of("/proc/self/mountinfo")).contains(" " + path + " ");
	}

	@Test
	void volumeIsCreatedInspectedListedAndRemoved() throws IOException {
		create("{\"Name\":\"data\",\"Labels\":{\"a\":\"b\"}}");
		create("{\"Name\":\"data\"}");
		assertThat(data("data")).isEmptyDirectory();
		DockerSchema.assertValid("Volume", service.get("/volumes/data").body());
		DockerSchema.assertValid("VolumeListResponse", service.get("/volumes").body());
		assertThat(service.json("/volumes/data").path("Labels").path("a").asString()).isEqualTo("b");
		assertThat(service.json("/volumes/data").path("Mountpoint").asString()).isEqualTo(data("data").toString());
		assertThat(service.delete("/volumes/data").status()).isEqualTo(204);
		assertThat(data("data").getParent()).doesNotExist();
		assertThat(service.delete("/volumes/data").status()).isEqualTo(404);
		assertThat(service.delete("/volumes/data?force=1").status()).isEqualTo(204);
		assertThat(service.get("/volumes/data").body()).contains("get data: no such volume");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"Name":"/bad"}                                      | 400 | create /bad: \\"/bad\\" includes invalid
			{"Name":"../up"}                                     | 400 | includes invalid characters
			{"Name":"x"}                                         | 400 | volume name is too short
			{"Name":"vv","Driver":"nope"}                        | 404 | plugin \\"nope\\" not found
			{"Name":"vv","DriverOpts":{"typo":"x"}}              | 400 | create vv: invalid option: \\"typo\\"
			{"Name":"vv","DriverOpts":{"type":"tmpfs"}}          | 400 | missing required option: \\"device\\"
			{"Name":"vv","DriverOpts":{"size":"1m"}}             | 400 | quota size requested but no quota support
			""")
	void badRequestIsRefusedInDockersWords(String body, int status, String message) throws IOException {
		Answer answer = service.post("/volumes/create", body);
		assertThat(answer.status()).as(answer.body()).isEqualTo(status);
		assertThat(answer.body()).contains(message);
		assertThat(names()).isEmpty();
	}

	@Test
	void listIsFiltered() throws IOException {
		create("{\"Name\":\"one\",\"Labels\":{\"k\":\"1\"}}");
		create("{\"Name\":\"two\",\"Labels\":{\"k\":\"2\"}}");
		service.create("user", "\"HostConfig\":{\"Binds\":[\"two:/v\"]}");
		assertThat(filtered("{\"dangling\":[\"true\"]}")).containsExactly("one");
		assertThat(filtered("{\"dangling\":[\"false\"]}")).containsExactly("two");
		assertThat(filtered("{\"label\":[\"k=2\"]}")).containsExactly("two");
		assertThat(filtered("{\"name\":[\"on\"]}")).containsExactly("one");
		assertThat(filtered("{\"driver\":[\"nfs\"]}")).isEmpty();
		assertThat(service.get("/volumes?" + ContainerService.filters("{\"nope\":[\"x\"]}")).status()).isEqualTo(400);
	}

	private static List<String> filtered(String filters) throws IOException {
		List<String> names = new ArrayList<>();
		service.json("/volumes?" + ContainerService.filters(filters))
			.path("Volumes")
			.forEach((volume) -> names.add(volume.path("Name").asString()));
		return names;
	}

	@Test
	void volumeInUseStays() throws IOException {
		String id = service.create("user", "\"HostConfig\":{\"Binds\":[\"data:/v\"]}");
		Answer answer = service.delete("/volumes/data?force=1");
		assertThat(answer.status()).isEqualTo(409);
		assertThat(answer.body()).contains("remove data: volume is in use - [" + id + "]");
		service.delete("/containers/user?v=1");
		assertThat(names()).containsExactly("data");
	}

	@Test
	void anonymousVolumeGoesWithItsContainerIfAskedFor() throws IOException {
		service.create("keeps", "\"Volumes\":{\"/v\":{}}");
		service.create("takes", "\"Volumes\":{\"/v\":{}}");
		assertThat(names()).hasSize(2);
		service.delete("/containers/takes?v=1");
		assertThat(names()).hasSize(1);
		service.delete("/containers/keeps");
		assertThat(names()).hasSize(1);
	}

	@Test
	void emptyVolumeGetsWhatTheImageHas() throws IOException {
		run("first", "cat /etc/passwd && echo changed > /etc/group", "\"Binds\":[\"etc:/etc\"]");
		assertThat(data("etc").resolve("passwd")).content().contains("app:x:1000");
		assertThat(data("etc").resolve("group")).hasContent("changed");
		run("again", "[ $(cat /etc/group) = changed ]", "\"Binds\":[\"etc:/etc\"]");
		run("nocopy", "[ ! -e /etc/passwd ]", "\"Binds\":[\"none:/etc:nocopy\"]");
		run("mount", "[ ! -e /bin2/busybox ]",
				"\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"mnt\",\"Target\":\"/bin2\",\"VolumeOptions\":"
						+ "{\"NoCopy\":true,\"Labels\":{\"x\":\"y\"}}}]");
		assertThat(service.json("/volumes/mnt").path("Labels").path("x").asString()).isEqualTo("y");
		service.create("sticky", "\"HostConfig\":{\"Binds\":[\"temporary:/tmp\"]}");
		assertThat(Files.getAttribute(data("temporary"), "unix:mode")).isEqualTo(041777);
	}

	@Test
	void volumesOfAnotherContainerAreSharedAndMayBeReadOnly() throws IOException {
		run("owner", "echo x > /v/f", "\"Binds\":[\"shared:/v\"]");
		run("reader", "[ $(cat /v/f) = x ] && ! echo y > /v/f", "\"VolumesFrom\":[\"owner:ro\"]");
		run("writer", "echo y > /v/f", "\"VolumesFrom\":[\"owner\"]");
		assertThat(data("shared").resolve("f")).hasContent("y");
		assertThat(service.json("/volumes/shared")).isNotNull();
		service.delete("/containers/owner?v=1");
		assertThat(service.delete("/volumes/shared").status()).isEqualTo(409);
	}

	@Test
	void tmpfsIsMountedAtTheFirstUseAndUnmountedAfterTheLast() throws IOException {
		create("{\"Name\":\"fast\",\"DriverOpts\":{\"type\":\"tmpfs\",\"device\":\"tmpfs\",\"o\":\"size=1m,uid=33\"}}");
		assertThat(isMounted(data("fast"))).isFalse();
		for (String name : List.of("one", "two")) {
			service.create(name, command("sleep 1000") + ",\"HostConfig\":{\"Binds\":[\"fast:/v\"]}");
			service.start(name);
		}
		assertThat(isMounted(data("fast"))).isTrue();
		assertThat(Files.getAttribute(data("fast"), "unix:uid")).isEqualTo(33);
		service.post("/containers/one/kill");
		assertThat(isMounted(data("fast"))).isTrue();
		service.post("/containers/two/kill");
		assertThat(isMounted(data("fast"))).isFalse();
	}

	@Test
	void bindVolumeShowsADirectoryOfTheHost() throws IOException {
		Path host = Files.createTempDirectory("caisson-volume");
		try {
			Files.writeString(host.resolve("f"), "of the host");
			String options = "{\"type\":\"none\",\"o\":\"bind,ro\",\"device\":\"" + host + "\"}";
			create("{\"Name\":\"bound\",\"DriverOpts\":" + options + "}");
			run("user", "grep -q host /v/f && ! echo x > /v/f", "\"Binds\":[\"bound:/v\"]");
			assertThat(service.delete("/containers/user").status()).isEqualTo(204);
			assertThat(service.delete("/volumes/bound").status()).isEqualTo(204);
			assertThat(host.resolve("f")).hasContent("of the host");
		}
		finally {
			Files.deleteIfExists(host.resolve("f"));
			Files.delete(host);
		}
	}

	@Test
	void volumeThatCannotBeMountedKeepsTheContainerFromStarting() throws IOException {
		create("{\"Name\":\"lost\",\"DriverOpts\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/none/there\"}}");
		Answer created = service.post("/containers/create?name=user",
				ContainerService.request("\"HostConfig\":{\"Binds\":[\"lost:/v:nocopy\"]}"));
		assertThat(created.status()).as(created.body()).isEqualTo(201);
		Answer answer = service.post("/containers/user/start");
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.body()).contains("failed to mount local volume");
		assertThat(isMounted(data("lost"))).isFalse();
	}

	@Test
	void pruneTakesWhatNobodyUses() throws IOException {
		create("{\"Name\":\"named\"}");
		create("{}");
		Files.writeString(data("named").resolve("f"), "12345");
		Answer answer = service.post("/v1.51/volumes/prune");
		DockerSchema.assertValid("VolumePruneResponse", answer.body());
		assertThat(names()).containsExactly("named");
		answer = service.post("/v1.51/volumes/prune?" + ContainerService.filters("{\"all\":[\"true\"]}"));
		assertThat(ContainerService.JSON.readTree(answer.body()).path("SpaceReclaimed").asLong()).isEqualTo(5);
		assertThat(names()).isEmpty();
	}

}
