package dev.caisson.web.endtoend;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TreeListing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Files, volumes and images by the stock client. */
@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX })
class FilesTests {

	private static Service service;

	@BeforeAll
	static void start() throws Exception {
		service = Service.start();
	}

	@AfterAll
	static void stop() throws Exception {
		service.close();
	}

	@AfterEach
	void nothingRemains() throws Exception {
		service.removeAll();
		service.docker("volume", "prune", "-af").succeeded();
		assertThat(service.docker("volume", "ls", "-q").output()).isEmpty();
	}

	private static Path directory(String name) {
		return service.roots().directory(name);
	}

	/** With whole seconds: the client knows no others. */
	private static Path fill(Path top) throws Exception {
		Path sub = Files.createDirectories(top.resolve("sub/deep"));
		Files.writeString(top.resolve("plain"), "x".repeat(100_000));
		Files.writeString(sub.resolve("n\u00e4me with space"), "y");
		Files.setPosixFilePermissions(top.resolve("plain"), PosixFilePermissions.fromString("rwxr-x---"));
		Files.createSymbolicLink(top.resolve("link"), Path.of("/etc/passwd"));
		Files.createLink(top.resolve("sub/same"), top.resolve("plain"));
		Files.writeString(top.resolve("program"), "#!");
		Files.setAttribute(top.resolve("program"), "unix:mode", 04755);
		try (Stream<Path> all = Files.walk(top)) {
			for (Path file : all.filter((path) -> !Files.isSymbolicLink(path)).toList().reversed()) {
				Files.setLastModifiedTime(file, FileTime.fromMillis(1_600_000_000_000L));
			}
		}
		return top;
	}

	/** A symbolic link's own time is not the client's to set. */
	private static List<String> listing(Path top) {
		return TreeListing.of(top).stream().filter((line) -> !line.startsWith("link ")).toList();
	}

	@Test
	void treeThatIsCopiedInAndOutIsTheSame() throws Exception {
		Path from = fill(directory("from"));
		service.docker("create", "--name", "stopped", "busybox").succeeded();
		service.background("running", List.of("-v", "data:/data"), "sleep", "1000");
		service.docker("cp", from.toString(), "stopped:/copied").succeeded();
		service.docker("cp", from.toString(), "running:/data/copied").succeeded();
		for (String source : List.of("stopped:/copied", "running:/data/copied")) {
			Path to = directory("to-" + source.replaceAll("\\W", ""));
			service.docker("cp", "-a", source + "/.", to.toString()).succeeded();
			assertThat(listing(to)).isEqualTo(listing(from));
			assertThat(Files.readSymbolicLink(to.resolve("link"))).isEqualTo(Path.of("/etc/passwd"));
		}
	}

	@Test
	void copyFollowsLinksInsideTheContainerAlone() throws Exception {
		service.background("box", List.of(), "sh", "-c",
				"ln -s /etc/passwd /inside; ln -s /../../../../etc/shadow /up; sleep 1000");
		Path to = directory("followed");
		service.docker("cp", "-L", "box:/inside", to.resolve("inside").toString()).succeeded();
		assertThat(to.resolve("inside")).content().contains("app:x:1000");
		service.docker("cp", "-L", "box:/up", to.resolve("up").toString());
		assertThat(Files.exists(to.resolve("up"), LinkOption.NOFOLLOW_LINKS)).isFalse();
		assertThat(service.docker("cp", "box:/none", to.toString()).errors())
			.contains("Could not find the file /none in container box");
	}

	@Test
	void changesAreShownAndCommitted() throws Exception {
		service.docker("run", "--name", "box", "busybox", "sh", "-c", "echo hi > /made; rm /etc/group").succeeded();
		assertThat(service.docker("diff", "box").succeeded().output()).isEqualTo("C /etc\nD /etc/group\nA /made\n");
		service.docker("commit", "-c", "CMD [\"cat\",\"/made\"]", "-a", "me", "-m", "why", "box", "made:1").succeeded();
		assertThat(service.docker("run", "--rm", "made:1").succeeded().output()).isEqualTo("hi\n");
		assertThat(service.docker("history", "--format", "{{.Comment}}", "made:1").output()).startsWith("why\n");
		service.docker("rm", "box").succeeded();
		assertThat(service.docker("rmi", "made:1").succeeded().output()).contains("Untagged: made:1");
	}

	@Test
	void imageIsSavedRemovedAndLoadedAgain() throws Exception {
		service.docker("run", "--name", "box", "busybox", "sh", "-c", "echo saved > /made").succeeded();
		service.docker("commit", "box", "saved:1").succeeded();
		service.docker("tag", "saved:1", "saved:2").succeeded();
		String id = service.inspect("saved:1", "{{.Id}}");
		Path file = directory("saved").resolve("images.tar");
		service.docker("save", "-o", file.toString(), "saved", "busybox:latest").succeeded();
		service.docker("rm", "box").succeeded();
		service.docker("rmi", "saved:1", "saved:2").succeeded();
		String loaded = service.docker("load", "-i", file.toString()).succeeded().output();
		assertThat(loaded).contains("Loaded image: saved:1").contains("Loaded image: saved:2");
		assertThat(service.inspect("saved:2", "{{.Id}}")).isEqualTo(id);
		assertThat(service.docker("run", "--rm", "saved:2", "cat", "/made").output()).isEqualTo("saved\n");
		service.docker("rmi", "saved:1", "saved:2").succeeded();
	}

	@Test
	void exportedContainerBecomesAnImage() throws Exception {
		service.docker("run", "--name", "box", "busybox", "sh", "-c", "echo x > /mine").succeeded();
		Path file = directory("exported").resolve("root.tar");
		service.docker("export", "-o", file.toString(), "box").succeeded();
		service.docker("import", "-c", "CMD [\"cat\",\"/mine\"]", file.toString(), "imported").succeeded();
		assertThat(service.docker("run", "--rm", "imported").succeeded().output()).isEqualTo("x\n");
		service.docker("rmi", "imported").succeeded();
	}

	@Test
	void volumesAreKeptSharedAndProtected() throws Exception {
		service.docker("volume", "create", "--label", "a=b", "data").succeeded();
		service.runWith(List.of("-v", "data:/v"), "sh", "-c", "echo kept > /v/f").succeeded();
		assertThat(service.runWith(List.of("--mount", "type=volume,source=data,target=/w,readonly"), "cat", "/w/f")
			.output()).isEqualTo("kept\n");
		service.docker("create", "--name", "user", "-v", "data:/v", "-v", "/anonymous", "busybox").succeeded();
		assertThat(service.docker("volume", "rm", "data").errors()).contains("volume is in use");
		assertThat(service.docker("volume", "ls", "-q").output().lines()).hasSize(2);
		service.docker("rm", "-v", "user").succeeded();
		assertThat(service.docker("volume", "ls", "-q", "-f", "label=a=b").output()).isEqualTo("data\n");
		service.docker("volume", "rm", "data").succeeded();
	}

	@Test
	void volumeOptionsMayComeWithTheContainer() throws Exception {
		Result result = service.runWith(List.of("--mount",
				"type=volume,source=fast,target=/v,volume-driver=local,volume-opt=type=tmpfs,volume-opt=device=tmpfs,\"volume-opt=o=size=64k\""),
				"sh", "-c", "grep ' /v tmpfs' /proc/mounts");
		assertThat(result.succeeded().output()).contains("size=64k");
		assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain("volumes/fast");
	}

	@Test
	void usageIsShown() throws Exception {
		service.docker("create", "--name", "box", "-v", "data:/v", "busybox").succeeded();
		String text = service.docker("system", "df").succeeded().output();
		assertThat(text).containsPattern("Images +2 +1")
			.containsPattern("Containers +1 +0")
			.containsPattern("Local Volumes +1 +1");
		service.docker("system", "df", "-v").succeeded();
	}

}
