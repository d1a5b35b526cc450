package dev.caisson.web.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docker build} by the stock client, which takes the classic builder by itself.
 */
@KernelTest(comparesEachTest = false)
class BuildTests {

	private static Service service;

	@TempDir
	private Path context;

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
		assertThat(service.docker("ps", "-aq").output()).isEmpty();
		assertNothingUnderWay();
	}

	@Test
	void stagesFilesAndConfigurationComeOutAsWritten() throws Exception {
		write("a.txt", "hello\n");
		write("secret", "s");
		write("sub/x", "x");
		write("drop.log", "");
		write("keep.log", "");
		write(".dockerignore", "secret\n*.log\n!keep.log\n");
		write("Dockerfile", """
				ARG BASE=nosuch
				FROM ${BASE} AS build
				ARG VERSION=1
				ENV A=1 B="two words"
				WORKDIR /work
				COPY . .
				RUN echo "$VERSION $A $B $PWD" > out && find . -type f | sort >> out
				FROM nosuch AS unused
				RUN false
				FROM busybox
				COPY --from=build /work/out /opt/
				COPY --chown=33:50 --chmod=0640 sub /data
				EXPOSE 80 53/udp
				VOLUME ["/vol"]
				HEALTHCHECK --interval=5s --retries=3 CMD wget -q localhost
				LABEL l="a b"
				USER nobody
				STOPSIGNAL SIGINT
				ENTRYPOINT ["cat"]
				CMD /opt/out
				CMD ["/opt/out"]
				""");
		long before = dangling();
		Result built = build("-t", "app:1", "-t", "app:2", "--build-arg", "BASE=busybox", "--build-arg", "VERSION=7",
				"--label", "given=1")
			.succeeded();
		assertThat(built.output()).contains("Step 1/20 : ARG BASE=nosuch\n", "Step 2/20 : FROM ${BASE} AS build\n",
				" ---> Running in ", "Removing intermediate container ", "Successfully built ",
				"Successfully tagged app:1\nSuccessfully tagged app:2\n");
		assertThat(service.run("true").status()).isZero();
		assertThat(service.docker("run", "--rm", "app:2").succeeded().output())
			.isEqualTo("7 1 two words /work\n./.dockerignore\n./Dockerfile\n./a.txt\n./keep.log\n./out\n./sub/x\n");
		assertThat(service.docker("run", "--rm", "--entrypoint", "ls", "app:1", "-lnd", "/data", "/data/x")
			.output()
			.replaceAll(" +", " ")).contains("-rw-r----- 1 33 50 1 ", "drw");
		assertThat(service.inspect("app:1", "{{json .Config}}")).isEqualTo("{\"User\":\"nobody\",\"ExposedPorts\":"
				+ "{\"53/udp\":{},\"80/tcp\":{}},\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
				+ "/sbin:/bin\"],\"Entrypoint\":[\"cat\"],\"Cmd\":[\"/opt/out\"],\"Volumes\":{\"/vol\":{}},"
				+ "\"Labels\":{\"given\":\"1\",\"l\":\"a b\"},\"StopSignal\":\"SIGINT\",\"Healthcheck\":{\"Test\":"
				+ "[\"CMD-SHELL\",\"wget -q localhost\"],\"Interval\":5000000000,\"Retries\":3}}");
		// the last step of the first stage, as with Docker; other steps are not shown
		assertThat(dangling()).isEqualTo(before + 1);
		service.docker("rmi", "app:1", "app:2").succeeded();
	}

	@Test
	void stepsAreDoneOnceUntilSomethingChanges() throws Exception {
		write("a", "1");
		write("Dockerfile", "FROM busybox\nARG N=0\nCOPY a /a\nRUN cat /proc/sys/kernel/random/uuid > /id\n");
		String first = id("run", "-t", "cached");
		Files.setLastModifiedTime(this.context.resolve("a"), FileTime.fromMillis(1_000_000));
		assertThat(build("-t", "cached").succeeded().output()).contains(" ---> Using cache\n")
			.doesNotContain("Running in");
		assertThat(id("same")).isEqualTo(first);
		assertThat(id("argument", "--build-arg", "N=1")).isNotEqualTo(first);
		assertThat(id("no cache", "--no-cache")).isNotEqualTo(first);
		write("a", "2");
		String second = id("content");
		assertThat(second).isNotEqualTo(first);
		service.docker("builder", "prune", "-f").succeeded();
		assertThat(id("still remembered")).isEqualTo(second);
		service.docker("builder", "prune", "-f", "-a").succeeded();
		assertThat(id("forgotten")).isNotEqualTo(second);
	}

	@Test
	void runIsAsIsolatedAsAnyContainer() throws Exception {
		write("Dockerfile", "FROM busybox\nRUN grep -E '^(Seccomp|CapEff|CapBnd):' /proc/self/status > /s; "
				+ "grep -c . /proc/net/route >> /s; ls /proc | grep -c '^[0-9]' >> /s; hostname | wc -c >> /s\n");
		build("-t", "isolated").succeeded();
		String inBuild = service.docker("run", "--rm", "isolated", "cat", "/s").succeeded().output();
		String inRun = service.run("sh", "-c", "grep -E '^(Seccomp|CapEff|CapBnd):' /proc/self/status").output();
		assertThat(inBuild).startsWith(inRun).contains("Seccomp:\t2");
	}

	@Test
	void triggersRunInTheBuildOnTop() throws Exception {
		write("Dockerfile", "FROM busybox\nONBUILD COPY f /f\nONBUILD RUN echo $((1+1)) > /two\n");
		build("-t", "base").succeeded();
		assertThat(service.inspect("base", "{{json .Config.OnBuild}}"))
			.isEqualTo("[\"COPY f /f\",\"RUN echo $((1+1)) > /two\"]");
		write("f", "mine\n");
		write("Dockerfile", "FROM base\nRUN cat /f /two > /both\n");
		assertThat(build("-t", "derived").succeeded().output()).contains("# Executing 2 build triggers\n");
		assertThat(service.docker("run", "--rm", "derived", "cat", "/both").output()).isEqualTo("mine\n2\n");
		assertThat(service.inspect("derived", "{{json .Config.OnBuild}}")).isIn("null", "[]");
	}

	@Test
	void scratchArchivesHeredocsAndShells() throws Exception {
		write("t/inner", "packed\n");
		run("tar", "-C", this.context.resolve("t").toString(), "-czf", this.context.resolve("t.tar.gz").toString(),
				".");
		write("Dockerfile", """
				FROM busybox AS tools
				SHELL ["/bin/sh", "-e", "-c"]
				RUN <<EOF
				echo one > /lines
				echo $0 >> /lines
				EOF
				RUN cat <<'A' >> /lines && cat <<-B >> /lines
				$three
				A
					four
				B
				FROM scratch
				ADD t.tar.gz /unpacked
				COPY t.tar.gz /kept/
				COPY --from=tools /bin /bin
				COPY --from=tools /lines /lines
				COPY <<greeting.txt /etc/
				hi $PATH
				greeting.txt
				CMD ["/bin/cat", "/lines", "/unpacked/inner", "/etc/greeting.txt"]
				""");
		build("-t", "scratched").succeeded();
		assertThat(service.docker("run", "--rm", "scratched").succeeded().output()).isEqualTo(
				"one\n/bin/sh\n$three\nfour\npacked\nhi /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
	}

	@Test
	void failuresAreToldInDockersWords() throws Exception {
		write("Dockerfile", "FROM busybox\nRUN echo seen; exit 42\n");
		Result failed = build();
		assertThat(failed.status()).isEqualTo(42);
		assertThat(failed.output()).contains("seen\n");
		assertThat(failed.errors())
			.endsWith("The command '/bin/sh -c echo seen; exit 42' returned a non-zero code: 42\n");
		assertThat(build("-q").errors()).contains("returned a non-zero code: 42");
		assertFails("FROM busybox\n\nNOPE x\n", "dockerfile parse error on line 3: unknown instruction: NOPE");
		assertFails("FROM busybox\nCOPY nope /\n",
				"COPY failed: file not found in build context or excluded by .dockerignore: stat nope: file does not exist");
		assertFails("FROM busybox\nCOPY ../x /\n", "COPY failed: forbidden path outside the build context: ../x ()");
		assertFails("FROM busybox\nCOPY Dockerfile Dockerfile /x\n",
				"the destination must be a directory and end with a /");
		assertFails("FROM busybox\nADD http://127.0.0.1/x /\n", "remote sources are not supported");
		assertFails("FROM busybox\nRUN [\"/nosuch\"]\n", "/nosuch");
		assertFails("FROM busybox\nENV A=${B:?missing}\n", "B: missing");
		assertFails("FROM scratch\nRUN true\n", "RUN needs an image");
		assertFails("FROM busybox\nUSER nosuchuser\nRUN true\n", "unable to find user nosuchuser");
		assertFails("FROM scratch\n", "No image was generated. Is your Dockerfile empty?");
		assertThat(build("--target", "nope").errors()).contains("failed to reach build target nope in Dockerfile");
	}

	@Test
	void linksLeadNeitherOutOfTheContextNorOutOfTheImage() throws Exception {
		Files.createSymbolicLink(this.context.resolve("passwd"), Path.of("/etc/passwd"));
		Files.createSymbolicLink(this.context.resolve("up"), Path.of("../../../../../../etc"));
		assertFails("FROM busybox\nCOPY passwd /p\n", "stat passwd: file does not exist");
		assertFails("FROM busybox\nCOPY up/passwd /p\n", "stat up/passwd: file does not exist");
		Path victim = Files.createDirectory(this.context.resolve("victim"));
		write("f", "f");
		write("Dockerfile", "FROM busybox\nRUN ln -s " + victim + " /out && ln -s ../../../../../.." + victim
				+ " /up\nCOPY f /out/f\nCOPY f /up/g\nWORKDIR /out/made\nRUN ls / " + victim + "\n");
		assertThat(build("-t", "links").succeeded().output()).contains("f\ng\nmade\n");
		assertThat(victim).isEmptyDirectory();
	}

	@Test
	void killedServiceLeavesNothingOfABuild() throws Exception {
		Process client = startBuildThatSleeps("98761");
		service.kill();
		client.waitFor();
		service.resume();
		assertThat(service.docker("ps", "-aq").output()).isEmpty();
		assertThat(sleepers("98761")).isEmpty();
		assertNothingUnderWay();
		// the steps that were done still are
		write("Dockerfile", "FROM busybox\nRUN echo x > /x\nRUN rm /x\n");
		assertThat(build().succeeded().output()).contains("Step 2/3 : RUN echo x > /x\n ---> Using cache\n");
	}

	@Test
	void buildEndsWithItsClient() throws Exception {
		Process client = startBuildThatSleeps("98762");
		client.destroyForcibly().waitFor();
		until(() -> sleepers("98762").isEmpty() && service.docker("ps", "-aq").output().isEmpty());
		until(() -> files("containers").isEmpty());
	}

	private Process startBuildThatSleeps(String seconds) throws Exception {
		write("Dockerfile", "FROM busybox\nRUN echo x > /x\nRUN sleep " + seconds + "\n");
		Process client = service.client("build", this.context.toString())
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		until(() -> !sleepers(seconds).isEmpty());
		return client;
	}

	/** What the kernel has of it. */
	private static List<Path> sleepers(String seconds) throws IOException {
		List<Path> found = new ArrayList<>();
		try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
			for (Path process : processes.filter((path) -> path.getFileName().toString().matches("\\d+")).toList()) {
				if (commandLine(process).equals("sleep\0" + seconds + "\0")) {
					found.add(process);
				}
			}
		}
		return found;
	}

	private static String commandLine(Path process) {
		try {
			return Files.readString(process.resolve("cmdline"));
		}
		catch (IOException ex) {
			// it has ended meanwhile
			return "";
		}
	}

	private static void until(Callable<Boolean> condition) throws Exception {
		for (int i = 0; i < 600; i++) {
			if (condition.call()) {
				return;
			}
			Thread.sleep(50);
		}
		throw new AssertionError("not within 30 s");
	}

	private static void assertNothingUnderWay() throws IOException {
		assertThat(files("containers")).isEmpty();
		assertThat(files("contexts")).isEmpty();
	}

	private static List<Path> files(String directory) throws IOException {
		try (Stream<Path> files = Files.list(service.roots().data().resolve("builds").resolve(directory))) {
			return files.toList();
		}
	}

	private void assertFails(String dockerfile, String message) throws Exception {
		write("Dockerfile", dockerfile);
		Result result = build();
		assertThat(result.status()).isNotZero();
		assertThat(result.errors()).contains(message);
	}

	private static long dangling() throws Exception {
		return service.docker("images", "-q", "--filter", "dangling=true").succeeded().output().lines().count();
	}

	/** The id of what is built. */
	private String id(String why, String... options) throws Exception {
		List<String> all = new ArrayList<>(List.of("-q"));
		all.addAll(List.of(options));
		String id = build(all.toArray(String[]::new)).succeeded().output().strip();
		assertThat(id).as(why).matches("sha256:[0-9a-f]{64}");
		return id;
	}

	private Result build(String... options) throws Exception {
		List<String> arguments = new ArrayList<>(List.of("build"));
		arguments.addAll(List.of(options));
		arguments.add(this.context.toString());
		return service.docker(arguments.toArray(String[]::new));
	}

	private void write(String name, String content) throws IOException {
		Path file = this.context.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, content);
	}

	private static void run(String... command) throws Exception {
		assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
	}

}
