package dev.caisson.platform.container.definition;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.platform.network.Network;
import dev.caisson.platform.network.NetworkDefinition;
import dev.caisson.platform.network.NetworkDirectory;

/** A host, an image and another container for translations to be tried on. */
final class Bench {

	static final ContainerId ID = new ContainerId("0123456789ab" + "c".repeat(52));

	static final ContainerId PEER = new ContainerId("fedcba987654" + "3".repeat(52));

	static final ImageConfig IMAGE = new ImageConfig(null, List.of("sh"), List.of("PATH=/bin", "LANG=C"), "", "",
			Set.of(), Set.of(), Map.of(), "", null, null, null, List.of());

	static final HostFacts HOST = new HostFacts(2, "thehost", Path.of("/data/volumes"), false);

	private Bench() {
	}

	static Definition define(String body, ImageConfig image, HostFacts facts) {
		List<String> names = new ArrayList<>();
		return translation(facts).define(CreateRequest.parse(body.getBytes(StandardCharsets.UTF_8)), image, () -> {
			names.add("anonymous" + names.size());
			return names.getLast();
		});
	}

	static Definition define(String body) {
		return define(body, IMAGE, HOST);
	}

	/** The definition goes through its stored form, as it does in life. */
	static ContainerSpec specify(String body, ImageConfig image, HostFacts facts) {
		Definition stored = Definition.parse(define(body, image, facts).toJson());
		return translation(facts).specify(ID, "web", stored, List.of(Path.of("/layer")));
	}

	static ContainerSpec specify(String body) {
		return specify(body, IMAGE, HOST);
	}

	/** With an image and these fields of HostConfig. */
	static ContainerSpec specifyHost(String hostConfig) {
		return specify("{\"Image\":\"busybox\",\"HostConfig\":{" + hostConfig + "}}");
	}

	static SpecTranslation translation(HostFacts facts) {
		return new SpecTranslation(facts, Bench::peer, new Networks());
	}

	private static Peers.Peer peer(String reference) {
		if (!reference.equals("peer")) {
			throw new InvalidSpecException("test", "No such container: " + reference);
		}
		Definition definition = new SpecTranslation(HOST, Bench::peer, new Networks()).define(CreateRequest
			.parse("{\"HostConfig\":{\"Binds\":[\"/srv:/srv:ro\",\"vol:/vol\"]}}".getBytes(StandardCharsets.UTF_8)),
				IMAGE, () -> "unused");
		return new Peers.Peer(PEER, "peerhost", definition.mounts());
	}

	/** The networks that are always there, and one of a client's. */
	private static final class Networks implements NetworkDirectory {

		@Override
		public Network find(String reference) {
			return switch (reference) {
				case "default", "bridge" -> network("bridge", Network.Kind.BRIDGE);
				case "host" -> network("host", Network.Kind.HOST);
				case "none" -> network("none", Network.Kind.NONE);
				case "backend" -> network("backend", Network.Kind.USER);
				default -> throw new InvalidSpecException("test", "network " + reference + " not found");
			};
		}

		private static Network network(String name, Network.Kind kind) {
			return new Network(
					NetworkId.ofPredefined(name), Instant.EPOCH, new NetworkDefinition(name, "bridge", true, false,
							false, false, Map.of(), Map.of(), new NetworkDefinition.Ipam("", null, List.of())),
					kind, kind == Network.Kind.USER);
		}

		@Override
		public InetAddress hostGateway() {
			return InetAddress.ofLiteral("172.17.0.1");
		}

	}

}
