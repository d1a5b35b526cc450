package dev.caisson.platform.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.UnixHttp;
import dev.caisson.platform.testing.UnixHttp.Answer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** Files in and out of containers, and images made of containers, over the API. */
@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(120)
class ArchiveApiTests {

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
	}

	private static Answer send(String method, String path, byte[] body) throws IOException {
		return new UnixHttp(service.socket()).send(method, path, "application/x-tar", body);
	}

	private static byte[] tar(String name, String content) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
			TarArchiveEntry entry = new TarArchiveEntry(name);
			entry.setSize(content.length());
			entry.setIds(5, 6);
			tar.putArchiveEntry(entry);
			tar.write(content.getBytes(StandardCharsets.US_ASCII));
			tar.closeArchiveEntry();
		}
		return out.toByteArray();
	}

	private static byte[] gzip(byte[] bytes) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
			gzip.write(bytes);
		}
		return out.toByteArray();
	}

	private static void run(String name, String script) throws IOException {
		service.create(name, "\"Cmd\":[\"sh\",\"-c\",\"" + script + "\"]");
		service.start(name);
		assertThat(service.waitFor(name)).isZero();
	}

	@Test
	void statusIsInAHeader() throws IOException {
		service.create("box", "");
		Answer answer = new UnixHttp(service.socket()).send("HEAD", "/containers/box/archive?path=/bin/sh", null, null);
		assertThat(answer.status()).isEqualTo(200);
		String header = answer.headers().get("x-docker-container-path-stat");
		JsonNode status = ContainerService.JSON.readTree(Base64.getDecoder().decode(header));
		assertThat(status.path("name").asString()).isEqualTo("sh");
		assertThat(status.path("linkTarget").asString()).isEqualTo("/bin/busybox");
		// as the stock service answers: a symbolic link with all permissions
		assertThat(status.path("mode").asLong()).isEqualTo(134218239);
	}

	@Test
	void archiveGoesInAndComesOut() throws IOException {
		service.create("box", "");
		assertThat(send("PUT", "/containers/box/archive?path=/etc", tar("in", "plain")).status()).isEqualTo(200);
		assertThat(send("PUT", "/containers/box/archive?path=/etc", gzip(tar("packed", "gzip"))).status())
			.isEqualTo(200);
		Answer out = service.get("/containers/box/archive?path=/etc/packed");
		assertThat(out.headers()).containsEntry("content-type", "application/x-tar");
		assertThat(out.body()).contains("packed").contains("gzip");
		DockerSchema.assertEachValid("FilesystemChange", service.get("/containers/box/changes").body());
		assertThat(service.get("/containers/box/changes").body()).isEqualTo(
				"[{\"Kind\":0,\"Path\":\"/etc\"},{\"Kind\":1,\"Path\":\"/etc/in\"},{\"Kind\":1,\"Path\":\"/etc/packed\"}]");
	}

	@Test
	void refusalsAreDockers() throws IOException {
		service.create("box", "\"HostConfig\":{\"ReadonlyRootfs\":true}");
		assertThat(service.get("/containers/box/archive").body()).contains("bad parameter: path");
		Answer missing = service.get("/containers/box/archive?path=/none");
		assertThat(missing.status()).isEqualTo(404);
		assertThat(missing.body()).contains("Could not find the file /none in container box");
		assertThat(service.get("/containers/none/archive?path=/").status()).isEqualTo(404);
		Answer readOnly = send("PUT", "/containers/box/archive?path=/tmp", tar("f", "x"));
		assertThat(readOnly.status()).isEqualTo(403);
		assertThat(readOnly.body()).contains("container rootfs is marked read-only");
		service.create("open", "");
		assertThat(send("PUT", "/containers/open/archive?path=/etc/passwd", tar("f", "x")).body())
			.contains("extraction point is not a directory");
		assertThat(send("PUT", "/containers/open/archive?path=/tmp", "garbage".getBytes()).status()).isEqualTo(400);
		assertThat(send("PUT", "/containers/open/archive?path=/tmp", tar("../../f", "x")).body())
			.contains("leads out of its directory");
		assertThat(service.get("/containers/open/changes").body()).isEqualTo("[]");
	}

	@Test
	void commitMakesAnImageWithItsChangesAndInstructions() throws IOException {
		run("box", "echo made > /etc/made");
		Answer answer = service.post(
				"/commit?container=box&repo=made&tag=1&author=me&comment=why"
						+ "&changes=CMD%20%5B%22cat%22%2C%22%2Fetc%2Fmade%22%5D&changes=ENV%20A%3Db%0ALABEL%20l%3Dm",
				"null");
		assertThat(answer.status()).as(answer.body()).isEqualTo(201);
		String id = ContainerService.JSON.readTree(answer.body()).path("Id").asString();
		JsonNode image = service.json("/images/made:1/json");
		DockerSchema.assertValid("ImageInspect", service.get("/images/made:1/json").body());
		assertThat(image.path("Id").asString()).isEqualTo(id);
		assertThat(image.path("Author").asString()).isEqualTo("me");
		assertThat(image.path("Config").path("Cmd").toString()).isEqualTo("[\"cat\",\"/etc/made\"]");
		assertThat(image.path("Config").path("Env").toString()).contains("A=b");
		assertThat(image.path("Config").path("Labels").path("l").asString()).isEqualTo("m");
		service.post("/containers/create?name=again", "{\"Image\":\"made:1\"}");
		service.start("again");
		assertThat(service.waitFor("again")).isZero();
		service.removeAll();
		assertThat(service.delete("/images/made:1").body()).contains("Untagged").contains(id);
	}

	@Test
	void commitRefusesWhatIsNoChange() throws IOException {
		run("box", "true");
		assertThat(service.post("/commit?container=box&changes=RUN%20x").body())
			.contains("RUN is not a valid change command");
		assertThat(service.post("/commit?container=box&repo=UPPER").status()).isEqualTo(400);
		assertThat(service.post("/commit?container=none").status()).isEqualTo(404);
		assertThat(service.get("/images/json?all=1").body()).doesNotContain("<none>").doesNotContain("UPPER");
	}

	@Test
	void exportedFilesCanBeImported() throws IOException {
		run("box", "echo x > /etc/mine");
		Answer exported = service.get("/containers/box/export");
		assertThat(exported.status()).isEqualTo(200);
		assertThat(exported.body()).contains("etc/mine").contains("bin/busybox");
		Answer answer = send("POST", "/images/create?fromSrc=-&repo=imported&message=said&changes=CMD%20x",
				gzip(tar("f", "content")));
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		JsonNode image = service.json("/images/imported/json");
		assertThat(image.path("Comment").asString()).isEqualTo("said");
		assertThat(image.path("RootFS").path("Layers").size()).isEqualTo(1);
		assertThat(service.delete("/images/imported").status()).isEqualTo(200);
		assertThat(send("POST", "/images/create?fromSrc=http%3A%2F%2Fx%2Fy", new byte[0]).body())
			.contains("docker import -");
		assertThat(send("POST", "/images/create?fromSrc=-", "garbage".getBytes()).status()).isEqualTo(400);
	}

	@Test
	void usageOfTheDiskIsCounted() throws IOException {
		run("box", "echo 12345 > /f");
		service.post("/commit?container=box&repo=made");
		JsonNode usage = service.json("/system/df");
		DockerSchema.assertEachValid("ImageSummary", usage.path("Images").toString());
		DockerSchema.assertEachValid("ContainerSummary", usage.path("Containers").toString());
		DockerSchema.assertEachValid("Volume", usage.path("Volumes").toString());
		JsonNode busybox = image(usage, "busybox:latest");
		JsonNode made = image(usage, "made:latest");
		assertThat(busybox.path("Containers").asInt()).isEqualTo(1);
		assertThat(busybox.path("SharedSize").asLong()).isEqualTo(busybox.path("Size").asLong());
		assertThat(made.path("SharedSize").asLong()).isEqualTo(busybox.path("Size").asLong());
		assertThat(made.path("ParentId")).isEqualTo(busybox.path("Id"));
		assertThat(usage.path("LayersSize").asLong()).isGreaterThanOrEqualTo(made.path("Size").asLong());
		assertThat(usage.path("Containers").path(0).path("SizeRw").asLong()).isEqualTo(6);
		assertThat(service.json("/system/df?type=volume").path("Images").size()).isZero();
		assertThat(service.get("/system/df?type=nope").status()).isEqualTo(400);
		service.removeAll();
		service.delete("/images/made");
	}

	private static JsonNode image(JsonNode usage, String tag) {
		for (JsonNode image : usage.path("Images")) {
			if (image.path("RepoTags").toString().contains(tag)) {
				return image;
			}
		}
		throw new AssertionError("no image " + tag + " in " + usage);
	}

	@Test
	void imageThatOthersStandOnStays() throws IOException {
		run("box", "echo x > /f");
		service.post("/commit?container=box&repo=base");
		service.post("/containers/create?name=upper", "{\"Image\":\"base\",\"Cmd\":[\"sh\",\"-c\",\"echo y > /g\"]}");
		service.start("upper");
		service.waitFor("upper");
		service.post("/commit?container=upper&repo=top");
		service.removeAll();
		String base = service.json("/images/base/json").path("Id").asString();
		assertThat(service.json("/images/top/json").path("Parent").asString()).isEqualTo(base);
		Answer answer = service.delete("/images/" + base + "?force=1");
		assertThat(answer.status()).isEqualTo(409);
		assertThat(answer.body()).contains("(cannot be forced) - image has dependent child images");
		assertThat(service.delete("/images/base").body()).contains("Untagged").doesNotContain("Deleted");
		assertThat(service.delete("/images/top").body()).contains(base);
		assertThat(service.get("/images/" + base + "/json").status()).isEqualTo(404);
	}

	@Test
	void imagesThatNobodyUsesArePruned() throws IOException {
		run("box", "echo 12345 > /f");
		service.post("/commit?container=box");
		service.post("/commit?container=box&repo=named&comment=x");
		Answer none = service.post("/images/prune?" + ContainerService.filters("{\"until\":[\"1h\"]}"));
		assertThat(none.body()).contains("\"ImagesDeleted\":[]");
		Answer answer = service.post("/images/prune");
		DockerSchema.assertEachValid("ImageDeleteResponseItem",
				ContainerService.JSON.readTree(answer.body()).path("ImagesDeleted").toString());
		assertThat(ContainerService.JSON.readTree(answer.body()).path("ImagesDeleted").size()).isPositive();
		assertThat(service.get("/images/named/json").status()).isEqualTo(200);
		service.post("/images/prune?" + ContainerService.filters("{\"dangling\":[\"false\"]}"));
		assertThat(service.get("/images/named/json").status()).isEqualTo(404);
		assertThat(service.get("/images/busybox/json").status()).isEqualTo(200);
		assertThat(service.post("/images/prune?" + ContainerService.filters("{\"nope\":[\"x\"]}")).status())
			.isEqualTo(400);
	}

	@Test
	void savedArchiveHasBothForms() throws IOException {
		Answer answer = service.get("/images/busybox/get");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).contains("manifest.json")
			.contains("index.json")
			.contains("oci-layout")
			.contains("\"RepoTags\":[\"busybox:latest\"]")
			.contains("docker.io/library/busybox:latest");
		assertThat(service.get("/images/get?names=busybox&names=none").status()).isEqualTo(404);
		assertThat(service.get("/images/get").status()).isEqualTo(400);
	}

}
