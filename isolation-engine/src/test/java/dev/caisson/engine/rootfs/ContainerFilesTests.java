package dev.caisson.engine.rootfs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import dev.caisson.engine.spec.IdentitySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ContainerFilesTests {

	private static final String HOST = """
			# made by something
			domain example.org
			search example.org corp.example.org
			nameserver 127.0.0.53
			nameserver ::1
			  nameserver 192.0.2.1
			options edns0
			""";

	@TempDir
	Path directory;

	@Test
	void writeMakesTheFilesReadableForEveryone() throws Exception {
		ContainerFiles files = ContainerFiles.write(this.directory, new Specs().build(), List.of("192.0.2.7"));
		assertThat(files.hostname()).hasContent("box\n");
		assertThat(files.hosts()).content().startsWith("127.0.0.1\tlocalhost\n").endsWith("\n192.0.2.7\tbox\n");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.resolvConf())))
			.isEqualTo("rw-r--r--");
	}

	@Test
	void writeAgainKeepsTheFileThatIsMounted() throws Exception {
		ContainerFiles files = ContainerFiles.write(this.directory, new Specs().build(), List.of());
		Object before = Files.getAttribute(files.hosts(), "unix:ino");
		ContainerFiles.write(this.directory, new Specs().build(), List.of("192.0.2.7"));
		assertThat(Files.getAttribute(files.hosts(), "unix:ino")).isEqualTo(before);
		assertThat(files.hosts()).content().contains("192.0.2.7");
	}

	@Test
	void hostsHasFullNameAndExtraLines() {
		IdentitySpec identity = new IdentitySpec("box", "example.org", List.of("db:192.0.2.9", "six:2001:db8::1"),
				List.of(), List.of(), List.of());
		assertThat(ContainerFiles.hosts(identity, "first", List.of("192.0.2.7"))).isEqualTo("""
				first
				192.0.2.7\tbox.example.org box
				192.0.2.9\tdb
				2001:db8::1\tsix
				""");
	}

	@Test
	void privateNetworkCannotUseTheHostsLoopbackServers() {
		assertThat(ResolverConfiguration.of(HOST, identity(List.of(), List.of(), List.of()), false)).isEqualTo("""
				domain example.org
				search example.org corp.example.org
				nameserver 192.0.2.1
				options edns0
				""");
	}

	@Test
	void hostNetworkKeepsThem() {
		assertThat(ResolverConfiguration.of(HOST, identity(List.of(), List.of(), List.of()), true))
			.contains("nameserver 127.0.0.53", "nameserver ::1");
	}

	@Test
	void declaredValuesReplaceTheHosts() {
		assertThat(ResolverConfiguration.of(HOST,
				identity(List.of("192.0.2.53"), List.of("a", "b"), List.of("ndots:2")), false))
			.isEqualTo("""
					nameserver 192.0.2.53
					search a b
					options ndots:2
					""");
	}

	@Test
	void aDotAsSearchMeansNone() {
		assertThat(ResolverConfiguration.of(HOST, identity(List.of(), List.of("."), List.of()), false))
			.doesNotContain("search", "domain");
	}

	@Test
	void whoIsAnsweredByTheServiceAsksNobodyElse() {
		assertThat(ResolverConfiguration.answered(HOST, identity(List.of(), List.of(), List.of()), "127.0.0.11"))
			.isEqualTo("""
					domain example.org
					search example.org corp.example.org
					nameserver 127.0.0.11
					options edns0 ndots:0
					""");
		assertThat(ResolverConfiguration.answered(HOST, identity(List.of("192.0.2.53"), List.of(), List.of("ndots:2")),
				"127.0.0.11"))
			.contains("nameserver 127.0.0.11\n", "options ndots:2\n")
			.doesNotContain("192.0.2.53");
	}

	@Test
	void changedAddressesLeaveAllOtherLinesOfHostsAlone() throws Exception {
		ContainerFiles files = ContainerFiles.write(this.directory, new Specs().build(), List.of("192.0.2.7"));
		Object before = Files.getAttribute(files.hosts(), "unix:ino");
		Files.writeString(files.hosts(), Files.readString(files.hosts()) + "198.51.100.1\tedited\n");
		files.addHosts(List.of("192.0.2.8", "2001:db8::8"));
		assertThat(files.hosts()).content()
			.contains("127.0.0.1\tlocalhost\n", "192.0.2.7\tbox\n", "198.51.100.1\tedited\n", "192.0.2.8\tbox\n",
					"2001:db8::8\tbox\n");
		files.removeHosts(List.of("192.0.2.7", "2001:db8::8"));
		assertThat(files.hosts()).content()
			.contains("198.51.100.1\tedited\n", "192.0.2.8\tbox\n")
			.doesNotContain("192.0.2.7", "2001:db8::8");
		assertThat(Files.getAttribute(files.hosts(), "unix:ino")).isEqualTo(before);
	}

	@Test
	void stubIsNoticed() {
		assertThat(ResolverConfiguration.hasOnlyLoopbackServers("nameserver 127.0.0.53\n")).isTrue();
		assertThat(ResolverConfiguration.hasOnlyLoopbackServers(HOST)).isFalse();
		assertThat(ResolverConfiguration.hasOnlyLoopbackServers("# nothing\n\n")).isFalse();
	}

	private static IdentitySpec identity(List<String> servers, List<String> search, List<String> options) {
		return new IdentitySpec("box", "", List.of(), servers, search, options);
	}

}
