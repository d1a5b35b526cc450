package dev.caisson.platform.container;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

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

@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(120)
class NetworkApiTests {

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
	void removeEverything() throws IOException {
		service.removeAll();
		service.post("/networks/prune");
	}

	private static String network(String name, String fields) throws IOException {
		Answer answer = service.post("/networks/create",
				"{\"Name\":\"" + name + "\"" + (fields.isEmpty() ? "" : "," + fields) + "}");
		assertThat(answer.status()).as(answer.body()).isEqualTo(201);
		DockerSchema.assertValid("NetworkCreateResponse", answer.body());
		return ContainerService.JSON.readTree(answer.body()).path("Id").asString();
	}

	private static List<String> names(String filters) throws IOException {
		String body = service.get("/networks?" + ContainerService.filters(filters)).body();
		DockerSchema.assertEachValid("Network", body);
		return StreamSupport.stream(ContainerService.JSON.readTree(body).spliterator(), false)
			.map((each) -> each.path("Name").asString())
			.toList();
	}

	/** What the kernel has. */
	private static boolean hasDevice(String name) {
		return Files.exists(Path.of("/proc/sys/net/ipv4/conf", name));
	}

	@Test
	void networkIsShownAsItWasAskedFor() throws IOException {
		String id = network("backend", """
				"Labels":{"tier":"db"},"Attachable":true,"Options":{"com.docker.network.bridge.name":"shown0",
				"com.docker.network.driver.mtu":"1400","foo":"x"},"IPAM":{"Config":[{"Subnet":"10.61.0.0/24",
				"IPRange":"10.61.0.128/25","Gateway":"10.61.0.9","AuxiliaryAddresses":{"printer":"10.61.0.200"}}]}""");
		assertThat(hasDevice("shown0")).isTrue();
		assertThat(NetworkInterface.getByName("shown0").getMTU()).isEqualTo(1400);
		for (String reference : List.of(id, "backend", id.substring(0, 10))) {
			Answer answer = service.get("/networks/" + reference);
			DockerSchema.assertValid("Network", answer.body());
			JsonNode shown = ContainerService.JSON.readTree(answer.body());
			assertThat(shown.path("Id").asString()).isEqualTo(id);
			assertThat(shown.path("Driver").asString()).isEqualTo("bridge");
			assertThat(shown.path("Labels").path("tier").asString()).isEqualTo("db");
			assertThat(shown.path("Options").path("foo").asString()).isEqualTo("x");
			JsonNode pool = shown.path("IPAM").path("Config").path(0);
			assertThat(pool.path("Subnet").asString()).isEqualTo("10.61.0.0/24");
			assertThat(pool.path("IPRange").asString()).isEqualTo("10.61.0.128/25");
			assertThat(pool.path("Gateway").asString()).isEqualTo("10.61.0.9");
			assertThat(pool.path("AuxiliaryAddresses").path("printer").asString()).isEqualTo("10.61.0.200");
		}
		assertThat(service.delete("/networks/backend").status()).isEqualTo(204);
		assertThat(hasDevice("shown0")).isFalse();
		assertThat(service.get("/networks/backend").status()).isEqualTo(404);
	}

	@Test
	void networkThatNamesNoSubnetGetsOneOfItsOwn() throws IOException {
		network("one", "");
		network("two", "\"EnableIPv6\":true");
		JsonNode one = service.json("/networks/one").path("IPAM").path("Config");
		JsonNode two = service.json("/networks/two").path("IPAM").path("Config");
		assertThat(one).hasSize(1);
		assertThat(two).hasSize(2);
		assertThat(one.path(0).path("Subnet").asString()).isNotEmpty()
			.isNotEqualTo(two.path(0).path("Subnet").asString());
		assertThat(two.path(1).path("Subnet").asString()).contains("::/");
	}

	@Test
	void predefinedNetworksAreThereAndStay() throws IOException {
		assertThat(names("{\"type\":[\"builtin\"]}")).containsExactly("bridge", "host", "none");
		assertThat(service.json("/networks/bridge").path("Options").path("com.docker.network.bridge.name").asString())
			.isEqualTo("caisson0");
		for (String name : List.of("bridge", "host", "none")) {
			Answer answer = service.delete("/networks/" + name);
			assertThat(answer.status()).isEqualTo(403);
			assertThat(answer.body()).contains(name + " is a pre-defined network and cannot be removed");
		}
	}

	@Test
	void listShowsWhatIsAskedFor() throws IOException {
		String id = network("front", "\"Labels\":{\"a\":\"1\",\"b\":\"2\"}");
		network("back", "\"Labels\":{\"a\":\"2\"}");
		assertThat(names("{\"type\":[\"custom\"]}")).containsExactly("back", "front");
		assertThat(names("{\"name\":[\"ron\"]}")).containsExactly("front");
		assertThat(names("{\"id\":[\"" + id.substring(0, 12) + "\"]}")).containsExactly("front");
		assertThat(names("{\"label\":[\"a\",\"b=2\"]}")).containsExactly("front");
		assertThat(names("{\"driver\":[\"null\"]}")).containsExactly("none");
		assertThat(names("{\"scope\":[\"swarm\"]}")).isEmpty();
		assertThat(names("{\"dangling\":[\"true\"]}")).containsExactly("back", "front");
		service.start(service.create("user", idle() + ",\"HostConfig\":{\"NetworkMode\":\"front\"}"));
		assertThat(names("{\"dangling\":[\"true\"]}")).containsExactly("back");
		Answer pruned = service.post("/networks/prune");
		DockerSchema.assertValid("NetworkPruneResponse", pruned.body());
		assertThat(pruned.body()).isEqualTo("{\"NetworksDeleted\":[\"back\"]}");
	}

	private static String idle() {
		return LifecycleApiTests.command("sleep 1000");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					400 | invalid name: name is empty                              | {"Name":""}
					400 | invalid network name (a b)                               | {"Name":"a b"}
					403 | operation is not permitted on predefined bridge network  | {"Name":"bridge"}
					409 | network with name taken already exists                   | {"Name":"taken"}
					404 | plugin \\"nope\\" not found                              | {"Name":"t","Driver":"nope"}
					403 | only one instance of \\"host\\" network is allowed       | {"Name":"t","Driver":"host"}
					404 | plugin \\"nope\\" not found                              | {"Name":"t","IPAM":{"Driver":"nope"}}
					400 | invalid subnet foo : invalid CIDR address: foo           | {"Name":"t","IPAM":{"Config":[{"Subnet":"foo"}]}}
					400 | it should be 10.62.0.0/24                                | {"Name":"t","IPAM":{"Config":[{"Subnet":"10.62.0.3/24"}]}}
					403 | overlaps with other one on this address space            | {"Name":"t","IPAM":{"Config":[{"Subnet":"10.63.0.0/16"}]}}
					400 | 10.8.0.1                                                 | {"Name":"t","IPAM":{"Config":[{"Subnet":"10.64.0.0/16","Gateway":"10.8.0.1"}]}}
					400 | invalid gateway address foo in Ipam configuration        | {"Name":"t","IPAM":{"Config":[{"Subnet":"10.64.0.0/16","Gateway":"foo"}]}}
					400 | 10.8.0.0/24                                              | {"Name":"t","IPAM":{"Config":[{"Subnet":"10.64.0.0/16","IPRange":"10.8.0.0/24"}]}}
					400 | invalid subnet  : invalid CIDR address                   | {"Name":"t","IPAM":{"Config":[{"Gateway":"10.64.0.1"}]}}
					400 | failed to parse com.docker.network.driver.mtu value: x   | {"Name":"t","Options":{"com.docker.network.driver.mtu":"x"}}
					400 | failed to parse com.docker.network.bridge.enable_icc value: x | {"Name":"t","Options":{"com.docker.network.bridge.enable_icc":"x"}}
					400 | up to 15 letters                                         | {"Name":"t","Options":{"com.docker.network.bridge.name":"waytoolongbridgename"}}
					400 | networks without IPv4 are not supported                  | {"Name":"t","EnableIPv4":false}
					400 | invalid JSON                                             | {"Name":"t"
					""")
	void networkThatCannotBeIsRefusedAndLeavesNothing(int status, String message, String body) throws IOException {
		network("taken", "\"IPAM\":{\"Config\":[{\"Subnet\":\"10.63.7.0/24\"}]}");
		TreeSet<String> before = devices();
		Answer answer = service.post("/networks/create", body);
		assertThat(answer.status()).as(answer.body()).isEqualTo(status);
		assertThat(answer.body()).contains(message);
		assertThat(names("{\"type\":[\"custom\"]}")).containsExactly("taken");
		assertThat(devices()).isEqualTo(before);
	}

	/** But for the veths that are prepared all the time. */
	private static TreeSet<String> devices() throws IOException {
		try (var files = Files.list(Path.of("/proc/sys/net/ipv4/conf"))) {
			TreeSet<String> names = new TreeSet<>();
			files.map((file) -> file.getFileName().toString())
				.filter((name) -> !name.startsWith("veth"))
				.forEach(names::add);
			return names;
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					404 | network nope not found                        | DELETE | /networks/nope
					404 | network nope not found                        | GET    | /networks/nope
					400 | invalid filter                                | GET    | /networks?filters=%7B%22foo%22%3A%5B%22a%22%5D%7D
					400 | invalid filter: 'type'='foo'                  | GET    | /networks?filters=%7B%22type%22%3A%5B%22foo%22%5D%7D
					400 | invalid value for filter 'dangling'           | GET    | /networks?filters=%7B%22dangling%22%3A%5B%22a%22%5D%7D
					400 | invalid filter                                | POST   | /networks/prune?filters=%7B%22foo%22%3A%5B%22a%22%5D%7D
					""")
	void wrongRequestIsRefused(int status, String message, String method, String path) throws IOException {
		Answer answer = switch (method) {
			case "GET" -> service.get(path);
			case "POST" -> service.post(path);
			default -> service.delete(path);
		};
		assertThat(answer.status()).as(answer.body()).isEqualTo(status);
		assertThat(answer.body()).contains(message);
	}

	@Test
	void containerIsOnTheDefaultNetworkAndShowsItsAddress() throws IOException {
		service.start(service.create("web", idle()));
		JsonNode settings = service.inspect("web").path("NetworkSettings");
		JsonNode endpoint = settings.path("Networks").path("bridge");
		String address = endpoint.path("IPAddress").asString();
		int pid = service.inspect("web").path("State").path("Pid").asInt();
		assertThat(Files.readString(Path.of("/proc/" + pid + "/net/fib_trie"))).contains("|-- " + address + "\n");
		assertThat(settings.path("IPAddress").asString()).isEqualTo(address);
		assertThat(endpoint.path("MacAddress").asString()).startsWith("02:42:");
		assertThat(endpoint.path("Gateway").asString()).isNotEmpty();
		DockerSchema.assertValid("ContainerInspectResponse", service.get("/containers/web/json").body());
		DockerSchema.assertEachValid("ContainerSummary", service.get("/containers/json").body());
		Answer network = service.get("/networks/bridge");
		DockerSchema.assertValid("Network", network.body());
		JsonNode member = ContainerService.JSON.readTree(network.body()).path("Containers").iterator().next();
		assertThat(member.path("Name").asString()).isEqualTo("web");
		assertThat(member.path("IPv4Address").asString()).startsWith(address + "/");
		service.post("/containers/web/stop?t=0");
		assertThat(service.inspect("web")
			.path("NetworkSettings")
			.path("Networks")
			.path("bridge")
			.path("IPAddress")
			.asString()).isEmpty();
		assertThat(service.json("/networks/bridge").path("Containers")).isEmpty();
	}

	@Test
	void containerGetsTheAddressesAndNamesThatItAsksFor() throws IOException {
		String id = network("fixed", "\"EnableIPv6\":true,\"IPAM\":{\"Config\":[{\"Subnet\":\"10.65.0.0/24\"},"
				+ "{\"Subnet\":\"fd00:65::/64\"}]}");
		service.start(service.create("web",
				idle() + """
						,"HostConfig":{"NetworkMode":"fixed"},"NetworkingConfig":{"EndpointsConfig":{"fixed":{"Aliases":["app"],
						"MacAddress":"02:00:00:00:00:07","IPAMConfig":{"IPv4Address":"10.65.0.7","IPv6Address":"fd00:65::7"}}}}"""));
		JsonNode endpoint = service.inspect("web").path("NetworkSettings").path("Networks").path("fixed");
		assertThat(endpoint.path("IPAddress").asString()).isEqualTo("10.65.0.7");
		assertThat(endpoint.path("GlobalIPv6Address").asString()).isEqualTo("fd00:65::7");
		assertThat(endpoint.path("MacAddress").asString()).isEqualTo("02:00:00:00:00:07");
		assertThat(endpoint.path("NetworkID").asString()).isEqualTo(id);
		assertThat(endpoint.path("Aliases").path(0).asString()).isEqualTo("app");
		assertThat(endpoint.path("DNSNames").toString()).contains("\"web\"", "\"app\"");
		assertThat(service.json("/containers/json?" + ContainerService.filters("{\"network\":[\"fixed\"]}")))
			.hasSize(1);
		assertThat(service.json("/containers/json?" + ContainerService.filters("{\"network\":[\"" + id + "\"]}")))
			.hasSize(1);
		assertThat(service.json("/containers/json?" + ContainerService.filters("{\"network\":[\"bridge\"]}")))
			.isEmpty();
		Answer busy = service.delete("/networks/fixed");
		assertThat(busy.status()).isEqualTo(403);
		assertThat(busy.body())
			.contains("error while removing network: network fixed id " + id + " has active endpoints");
		String second = service.create("other", idle() + """
				,"HostConfig":{"NetworkMode":"fixed"},"NetworkingConfig":{"EndpointsConfig":{"fixed":{
				"IPAMConfig":{"IPv4Address":"10.65.0.7"}}}}""");
		Answer taken = service.post("/containers/" + second + "/start");
		assertThat(taken.status()).as(taken.body()).isEqualTo(403);
		assertThat(taken.body()).containsIgnoringCase("address already in use");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					network nope not found | "HostConfig":{"NetworkMode":"nope"}
					user specified IP address is supported on user defined networks only | "NetworkingConfig":{"EndpointsConfig":{"bridge":{"IPAMConfig":{"IPv4Address":"172.17.0.9"}}}}
					supported only when connecting to networks with user configured subnets | "HostConfig":{"NetworkMode":"free"},"NetworkingConfig":{"EndpointsConfig":{"free":{"IPAMConfig":{"IPv4Address":"10.1.1.1"}}}}
					invalid IPv4 address: foo | "HostConfig":{"NetworkMode":"free"},"NetworkingConfig":{"EndpointsConfig":{"free":{"IPAMConfig":{"IPv4Address":"foo"}}}}
					network-scoped alias is supported only for containers in user defined networks | "NetworkingConfig":{"EndpointsConfig":{"bridge":{"Aliases":["a"]}}}
					invalid MAC address: foo | "MacAddress":"foo"
					HostConfig.Links is not supported | "HostConfig":{"Links":["a:b"]}
					container sharing network namespace with another container or host | "HostConfig":{"NetworkMode":"host"},"NetworkingConfig":{"EndpointsConfig":{"free":{}}}
					private (none) mode | "HostConfig":{"NetworkMode":"none"},"NetworkingConfig":{"EndpointsConfig":{"free":{}}}
					invalid IP address: foo | "HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"foo"}]}}
					invalid ranges specified | "HostConfig":{"PortBindings":{"80-82/tcp":[{"HostPort":"8000-8001"}]}}
					invalid label caisson.network.egress-rate=fast | "Labels":{"caisson.network.egress-rate":"fast"}
					invalid egress rule nowhere | "Labels":{"caisson.network.allow":"nowhere"}
					""")
	void containerThatCannotBeConnectedIsRefused(String message, String fields) throws IOException {
		network("free", "");
		Answer answer = service.post("/containers/create", ContainerService.request(idle() + "," + fields));
		assertThat(answer.status()).as(answer.body()).isEqualTo(400);
		assertThat(answer.body()).contains(message);
		assertThat(service.json("/containers/json?all=1")).isEmpty();
	}

	@Test
	void containerThatDoesNotRunChangesItsNetworks() throws IOException {
		network("front", "");
		network("back", "");
		service.create("web", idle() + ",\"HostConfig\":{\"NetworkMode\":\"front\"}");
		assertThat(service
			.post("/networks/back/connect", "{\"Container\":\"web\",\"EndpointConfig\":{\"Aliases\":[\"x\"]}}")
			.status()).isEqualTo(200);
		assertThat(service.post("/networks/back/connect", "{\"Container\":\"web\"}").body())
			.contains("endpoint with name web already exists in network back");
		assertThat(service.post("/networks/front/disconnect", "{\"Container\":\"web\"}").status()).isEqualTo(200);
		assertThat(service.post("/networks/front/disconnect", "{\"Container\":\"web\"}").body())
			.contains("is not connected to network front");
		service.start("web");
		JsonNode networks = service.inspect("web").path("NetworkSettings").path("Networks");
		assertThat(networks.propertyNames()).containsExactly("back");
		assertThat(networks.path("back").path("IPAddress").asString()).isNotEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					404 | No such container: nope                          | back | {"Container":"nope"}
					404 | network nope not found                           | nope | {"Container":"own"}
					400 | invalid name or ID supplied                      | back | {}
					400 | connected to host network                        | host | {"Container":"own"}
					400 | private (none) mode                              | none | {"Container":"own"}
					400 | sharing network namespace with another container | back | {"Container":"shared"}
					400 | private (none) mode                              | back | {"Container":"alone"}
					400 | user configured subnets                          | back | {"Container":"own","EndpointConfig":{"IPAMConfig":{"IPv4Address":"10.1.1.1"}}}
					400 | EndpointConfig.Aliases has a value of the wrong  | back | {"Container":"own","EndpointConfig":{"Aliases":7}}
					""")
	void connectionThatCannotBeIsRefused(int status, String message, String network, String body) throws IOException {
		network("back", "");
		service.create("own", idle());
		service.create("shared", idle() + ",\"HostConfig\":{\"NetworkMode\":\"host\"}");
		service.create("alone", idle() + ",\"HostConfig\":{\"NetworkMode\":\"none\"}");
		Answer answer = service.post("/networks/" + network + "/connect", body);
		assertThat(answer.status()).as(answer.body()).isEqualTo(status);
		assertThat(answer.body()).contains(message);
		assertThat(service.inspect("own").path("NetworkSettings").path("Networks").propertyNames())
			.containsExactly("bridge");
	}

	@Test
	void eventsTellOfNetworks() throws IOException {
		String id = network("told", "");
		service.create("web", idle());
		service.post("/networks/told/connect", "{\"Container\":\"web\"}");
		service.post("/networks/told/disconnect", "{\"Container\":\"web\"}");
		service.delete("/networks/told");
		String events = service
			.get("/events?since=1&until=" + (System.currentTimeMillis() / 1000 + 1) + "&"
					+ ContainerService.filters("{\"type\":[\"network\"],\"network\":[\"" + id + "\"]}"))
			.body();
		assertThat(events.lines().map((line) -> ContainerService.JSON.readTree(line).path("Action").asString()))
			.containsExactly("create", "connect", "disconnect", "destroy");
	}

}
