package dev.caisson.web.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Containers talk to each other, and only where they should. */
@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(180)
class NetworkTests {

	private static Service service;

	@BeforeAll
	static void start() throws Exception {
		service = Service.start();
	}

	@AfterAll
	static void stop() {
		service.close();
	}

	@AfterEach
	void clear() throws Exception {
		service.removeAll();
		service.docker("network", "prune", "-f").succeeded();
	}

	private static void network(String name, String... options) throws Exception {
		List<String> arguments = new java.util.ArrayList<>(List.of("network", "create"));
		arguments.addAll(List.of(options));
		arguments.add(name);
		service.docker(arguments.toArray(String[]::new)).succeeded();
	}

	private static Result inside(String container, String... command) throws Exception {
		List<String> arguments = new java.util.ArrayList<>(List.of("exec", container));
		arguments.addAll(List.of(command));
		return service.docker(arguments.toArray(String[]::new));
	}

	private static String address(String container, String network) throws Exception {
		return service.inspect(container, "{{(index .NetworkSettings.Networks \"" + network + "\").IPAddress}}");
	}

	@Test
	void everyContainerIsOnTheDefaultBridgeByAVeth() throws Exception {
		service.background("web", List.of(), "sleep", "1000");
		String links = service.onHost("ip", "-o", "link").output();
		assertThat(links.lines().filter((line) -> line.matches("\\d+: veth\\w{7}@.* master caisson0 state UP .*")))
			.hasSize(1);
		assertThat(inside("web", "ip", "addr", "show", "eth0").output()).contains(address("web", "bridge") + "/");
		assertThat(inside("web", "ip", "route").output()).contains("default via ", "dev eth0");
		service.onHost("ping", "-c", "1", "-W", "10", address("web", "bridge")).succeeded();
	}

	@Test
	void containersOfANetworkFindEachOtherByNameIdAndAlias() throws Exception {
		network("backend");
		service.background("db", List.of("--network", "backend", "--network-alias", "store"), "sleep", "1000");
		String id = service.inspect("db", "{{.Id}}").substring(0, 12);
		service.background("app", List.of("--network", "backend"), "sleep", "1000");
		for (String name : List.of("db", "store", id, "db.backend")) {
			assertThat(inside("app", "ping", "-c", "1", "-W", "10", name).succeeded().output()).as(name)
				.contains("(" + address("db", "backend") + ")", "1 packets received");
		}
		assertThat(inside("app", "cat", "/etc/resolv.conf").output()).contains("nameserver 127.0.0.11\n", "ndots:0");
		assertThat(inside("app", "cat", "/etc/hosts").output()).contains(address("app", "backend") + "\t");
	}

	@Test
	void networksAreIsolatedFromEachOther() throws Exception {
		network("one");
		network("two");
		service.background("db", List.of("--network", "one"), "sleep", "1000");
		service.background("other", List.of("--network", "two"), "sleep", "1000");
		assertThat(inside("other", "ping", "-c", "1", "-W", "1", "db").status()).isNotZero();
		service.background("default", List.of(), "sleep", "1000");
		assertThat(inside("default", "cat", "/etc/resolv.conf").output()).doesNotContain("127.0.0.11");
		assertThat(inside("default", "ping", "-c", "1", "-W", "1", "db").status()).isNotZero();
	}

	@Test
	void namesFollowARenameAndARestartOfTheService() throws Exception {
		network("backend", "--subnet", "10.71.0.0/24");
		service.background("db", List.of("--network", "backend", "--ip", "10.71.0.9"), "sleep", "1000");
		service.background("app", List.of("--network", "backend"), "sleep", "1000");
		service.docker("rename", "db", "store").succeeded();
		assertThat(inside("app", "ping", "-c", "1", "-W", "10", "store").succeeded().output()).contains("(10.71.0.9)");
		assertThat(inside("app", "ping", "-c", "1", "-W", "1", "db").status()).isNotZero();
		// the service comes back in another network namespace, where no bridge of before
		// is
		service.kill();
		service.resume();
		assertThat(service.docker("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", "backend").output())
			.isEqualTo("10.71.0.0/24\n");
		assertThat(inside("app", "nslookup", "store").output()).contains("10.71.0.9");
		assertThat(inside("app", "nslookup", "db").output()).doesNotContain("10.71.0.9");
	}

	@Test
	void sharedNetworkStackSharesNamesToo() throws Exception {
		network("backend");
		service.background("db", List.of("--network", "backend"), "sleep", "1000");
		service.background("app", List.of("--network", "backend"), "sleep", "1000");
		assertThat(service.runWith(List.of("--network", "container:app"), "ping", "-c", "1", "-W", "10", "db").output())
			.contains("(" + address("db", "backend") + ")");
	}

	@Test
	void hostsAndResolverAreAsTheClientWants() throws Exception {
		Result result = service
			.runWith(
					List.of("--dns", "192.0.2.53", "--dns-search", "example.org", "--dns-option", "ndots:3",
							"--add-host", "db:192.0.2.9", "--add-host", "outside:host-gateway"),
					"cat", "/etc/hosts", "/etc/resolv.conf");
		String gateway = service.docker("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", "bridge")
			.output()
			.strip();
		assertThat(result.succeeded().output()).contains("192.0.2.9\tdb\n", gateway + "\toutside\n",
				"nameserver 192.0.2.53\n", "search example.org\n", "options ndots:3\n");
	}

	@Test
	void composeProjectTalksByServiceNames() throws Exception {
		Path project = Files.createDirectories(service.roots().directory("compose").resolve("shop"));
		Files.writeString(project.resolve("docker-compose.yml"), """
				version: "3"
				services:
				  web:
				    image: busybox
				    command: sleep 1000
				  client:
				    image: busybox
				    depends_on: [web]
				    command: sh -c "until ping -c 1 -W 5 web; do sleep 0.2; done; echo met"
				""");
		service.compose(project, "up", "-d").succeeded();
		assertThat(service.docker("wait", "shop_client_1").succeeded().output()).isEqualTo("0\n");
		assertThat(service.docker("logs", "shop_client_1").output()).contains("PING web (").endsWith("met\n");
		service.compose(project, "down", "-t", "0").succeeded();
		assertThat(service.docker("network", "ls", "--format", "{{.Name}}").output().lines())
			.containsExactlyInAnyOrder("bridge", "host", "none");
	}

	@Test
	void networkInUseIsNotRemoved() throws Exception {
		network("busy");
		service.background("web", List.of("--network", "busy"), "sleep", "1000");
		Result refused = service.docker("network", "rm", "busy");
		assertThat(refused.status()).isNotZero();
		assertThat(refused.errors()).contains("has active endpoints");
		service.docker("rm", "-f", "web").succeeded();
		service.docker("network", "rm", "busy").succeeded();
		assertThat(service.onHost("ip", "-o", "link").output()).doesNotContain(": br-");
	}

}
