package dev.caisson.engine.network.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest
class DnsServerTests {

	private static final String OUTSIDE = "127.53.0.1", OUTSIDE_TOO = "127.53.0.2";

	@RegisterExtension
	private final TestRoots roots = new TestRoots();

	private DnsServer server;

	private Path resolvConf;

	private final List<Inside> containers = new ArrayList<>();

	@BeforeEach
	void open() throws Exception {
		this.resolvConf = Files.writeString(this.roots.directory("host").resolve("resolv.conf"),
				"nameserver " + OUTSIDE + "\nnameserver " + OUTSIDE_TOO + "\n");
		this.server = new DnsServer(this.resolvConf);
	}

	@AfterEach
	void close() {
		this.server.close();
		this.containers.forEach(Inside::close);
	}

	private Inside container(ContainerId id, Membership... memberships) throws Exception {
		Inside inside = Inside.make();
		this.containers.add(inside);
		this.server.listen(id, inside.namespace(), List.of(memberships), List.of());
		return inside;
	}

	private static Membership on(String network, List<String> names, String... addresses) {
		return new Membership(network, network, true, false, names, Inside.addresses(addresses));
	}

	private static Membership internal(String network, String name, String address) {
		return new Membership(network, network, true, true, List.of(name), Inside.addresses(address));
	}

	private static Message address(Message question, String address, int ttl) {
		Message answer = OutsideServer.frame(question);
		if (question.getQuestion().getType() == Type.A) {
			answer.addRecord(
					new ARecord(question.getQuestion().getName(), DClass.IN, ttl, InetAddress.ofLiteral(address)),
					Section.ANSWER);
		}
		return answer;
	}

	private static Message manyTexts(Message question) {
		Message answer = OutsideServer.frame(question);
		for (int i = 0; i < 30; i++) {
			answer.addRecord(new TXTRecord(question.getQuestion().getName(), DClass.IN, 60, i + "x".repeat(100)),
					Section.ANSWER);
		}
		return answer;
	}

	@Test
	void answersEveryNameOfAContainerOnTheSameNetwork() throws Exception {
		Inside one = container(ContainerId.random(), on("backend", List.of("web"), "10.1.0.2"));
		container(ContainerId.random(), on("backend", List.of("db", "0123456789ab", "store"), "10.1.0.3", "fd00::3"));
		for (String name : List.of("db", "0123456789ab", "store", "DB", "db.backend")) {
			assertThat(one.ask(name, Type.A)).as(name).containsExactly("10.1.0.3");
			assertThat(one.ask(name, Type.AAAA)).as(name).containsExactly("fd00:0:0:0:0:0:0:3");
		}
		assertThat(one.ask("web", Type.A)).containsExactly("10.1.0.2");
		assertThat(one.ask("3.0.1.10.in-addr.arpa", Type.PTR)).containsExactly("db.backend.");
	}

	@Test
	void answersNothingButAddressesForAKnownNameAndAsksNobodyForMore() throws Exception {
		try (OutsideServer outside = new OutsideServer(OUTSIDE, DnsServerTests::manyTexts)) {
			Inside one = container(ContainerId.random(), on("backend", List.of("web"), "10.1.0.2"));
			for (int type : new int[] { Type.AAAA, Type.MX, Type.TXT }) {
				Message answer = one.query("web", type);
				assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
				assertThat(Inside.data(answer)).isEmpty();
			}
			assertThat(outside.asked()).isZero();
		}
	}

	@Test
	void tellsNoNamesOfOtherNetworks() throws Exception {
		try (OutsideServer outside = new OutsideServer(OUTSIDE, OutsideServer::frame)) {
			Inside front = container(ContainerId.random(), on("front", List.of("web"), "10.1.0.2"));
			Inside both = container(ContainerId.random(), on("front", List.of("proxy"), "10.1.0.3"),
					on("back", List.of("proxy"), "10.2.0.3"));
			container(ContainerId.random(), on("back", List.of("db"), "10.2.0.2"));
			assertThat(both.ask("db", Type.A)).containsExactly("10.2.0.2");
			assertThat(both.ask("web", Type.A)).containsExactly("10.1.0.2");
			for (String name : List.of("db", "db.back")) {
				assertThat(front.ask(name, Type.A)).as(name).isEmpty();
			}
			assertThat(front.ask("2.0.2.10.in-addr.arpa", Type.PTR)).isEmpty();
			assertThat(front.ask("proxy", Type.A)).containsExactly("10.1.0.3");
			assertThat(outside.asked()).isPositive();
		}
	}

	@Test
	void tellsAllWhoShareANameEachFirstInTurn() throws Exception {
		Inside asker = container(ContainerId.random(), on("net", List.of("asker"), "10.1.0.2"));
		container(ContainerId.random(), on("net", List.of("a", "app"), "10.1.0.3"));
		container(ContainerId.random(), on("net", List.of("b", "app"), "10.1.0.4"));
		Set<String> first = new HashSet<>();
		for (int i = 0; i < 4; i++) {
			List<String> addresses = asker.ask("app", Type.A);
			assertThat(addresses).containsExactlyInAnyOrder("10.1.0.3", "10.1.0.4");
			first.add(addresses.getFirst());
		}
		assertThat(first).containsExactlyInAnyOrder("10.1.0.3", "10.1.0.4");
	}

	@Test
	void followsWhoComesGoesAndIsRenamed() throws Exception {
		try (OutsideServer _ = new OutsideServer(OUTSIDE, OutsideServer::frame)) {
			ContainerId id = ContainerId.random();
			Inside asker = container(ContainerId.random(), on("net", List.of("asker"), "10.1.0.2"));
			Inside other = container(id, on("else", List.of("app"), "10.2.0.2"));
			assertThat(asker.ask("app", Type.A)).isEmpty();
			this.server.join(id, on("net", List.of("app"), "10.1.0.3"));
			assertThat(asker.ask("app", Type.A)).containsExactly("10.1.0.3");
			assertThat(other.ask("asker", Type.A)).containsExactly("10.1.0.2");
			this.server.rename(id, (before) -> new Membership(before.network(), before.networkName(), true, false,
					List.of("new"), before.addresses()));
			assertThat(asker.ask("app", Type.A)).isEmpty();
			assertThat(asker.ask("new", Type.A)).containsExactly("10.1.0.3");
			this.server.leave(id, "net");
			assertThat(asker.ask("new", Type.A)).isEmpty();
			assertThat(other.ask("asker", Type.A)).isEmpty();
		}
	}

	@Test
	void asksOutsideForTheRestAndRemembersTheAnswer() throws Exception {
		try (OutsideServer outside = new OutsideServer(OUTSIDE, (question) -> address(question, "192.0.2.7", 60))) {
			Inside one = container(ContainerId.random(), on("net", List.of("web"), "10.1.0.2"));
			assertThat(one.ask("www.example.org", Type.A)).containsExactly("192.0.2.7");
			Message again = one.query("WWW.example.org", Type.A);
			assertThat(Inside.data(again)).containsExactly("192.0.2.7");
			assertThat(again.getHeader().getFlag(Flags.RA)).isTrue();
			assertThat(outside.asked()).isEqualTo(1);
		}
	}

	@Test
	void asksTheNextServerWhenOneIsSilentOrFails() throws Exception {
		try (OutsideServer silent = new OutsideServer(OUTSIDE, (_) -> null);
				OutsideServer outside = new OutsideServer(OUTSIDE_TOO,
						(question) -> address(question, "192.0.2.8", 0))) {
			Inside one = container(ContainerId.random(), on("net", List.of("web"), "10.1.0.2"));
			assertThat(one.ask("www.example.org", Type.A)).containsExactly("192.0.2.8");
			int asked = silent.asked();
			assertThat(one.ask("www2.example.org", Type.A)).containsExactly("192.0.2.8");
			assertThat(silent.asked()).as("the silent one is not asked first again").isEqualTo(asked);
			assertThat(outside.asked()).isGreaterThanOrEqualTo(2);
		}
	}

	@Test
	void failsWhenNobodyOutsideAnswers() throws Exception {
		Inside one = container(ContainerId.random(), on("net", List.of("web"), "10.1.0.2"));
		assertThat(one.query("www.example.org", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
		assertThat(one.ask("web", Type.A)).containsExactly("10.1.0.2");
	}

	@Test
	void fetchesLongAnswersByTcpAndCutsThemForWhoCannotTakeThem() throws Exception {
		try (OutsideServer _ = new OutsideServer(OUTSIDE, DnsServerTests::manyTexts)) {
			Inside one = container(ContainerId.random(), on("net", List.of("web"), "10.1.0.2"));
			Message cut = one.query("long.example.org", Type.TXT);
			assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
			assertThat(cut.numBytes()).isLessThanOrEqualTo(512);
			Message whole = one.query(Inside.withPayload(Inside.question("long.example.org", Type.TXT), 4096));
			assertThat(Inside.data(whole)).hasSize(30);
			assertThat(one.queryByTcp(Inside.question("long.example.org", Type.TXT)).getSection(Section.ANSWER))
				.hasSize(30);
		}
	}

	@Test
	void answersQuestionsThatComeTogetherOnAConnection() throws Exception {
		Inside one = container(ContainerId.random(), on("net", List.of("web"), "10.1.0.2"));
		Message last = one.queryByTcp(Inside.question("web", Type.A), Inside.question("web", Type.A),
				Inside.question("web.net", Type.A));
		assertThat(Inside.data(last)).containsExactly("10.1.0.2");
	}

	@Test
	void whoIsOnInternalNetworksAloneAsksNobodyOutside() throws Exception {
		try (OutsideServer outside = new OutsideServer(OUTSIDE, (question) -> address(question, "192.0.2.7", 60))) {
			Inside one = container(ContainerId.random(), internal("inner", "web", "10.1.0.2"));
			assertThat(one.query("secret.example.org", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
			assertThat(one.ask("web", Type.A)).containsExactly("10.1.0.2");
			assertThat(outside.asked()).isZero();
		}
	}

	@Test
	void asksTheServersThatTheContainerHasChosen() throws Exception {
		try (OutsideServer host = new OutsideServer(OUTSIDE, (question) -> address(question, "192.0.2.7", 60));
				OutsideServer _ = new OutsideServer(OUTSIDE_TOO, (question) -> address(question, "192.0.2.8", 60))) {
			Inside one = Inside.make();
			this.containers.add(one);
			this.server.listen(ContainerId.random(), one.namespace(), List.of(on("net", List.of("web"), "10.1.0.2")),
					Inside.addresses(OUTSIDE_TOO));
			assertThat(one.ask("www.example.org", Type.A)).containsExactly("192.0.2.8");
			assertThat(host.asked()).isZero();
		}
	}

	@Test
	void leavesPort53ToAServerInTheContainer() throws Exception {
		Inside one = container(ContainerId.random(), on("net", List.of("web"), "10.1.0.2"));
		one.call(() -> {
			try (DatagramSocket _ = new DatagramSocket(new InetSocketAddress("0.0.0.0", 53));
					ServerSocket _ = new ServerSocket(53)) {
				assertThat(one.ask("web", Type.A)).containsExactly("10.1.0.2");
				assertThat(Inside.data(one.queryByTcp(Inside.question("web", Type.A)))).containsExactly("10.1.0.2");
			}
			return true;
		});
	}

	@Test
	void answersAgainAfterARestartOfTheService() throws Exception {
		ContainerId id = ContainerId.random();
		Membership membership = on("net", List.of("web"), "10.1.0.2");
		Inside one = container(id, membership);
		one.queryByTcp(Inside.question("web", Type.A));
		this.server.close();
		this.server = new DnsServer(this.resolvConf);
		this.server.listen(id, one.namespace(), List.of(membership), List.of());
		assertThat(one.ask("web", Type.A)).containsExactly("10.1.0.2");
		assertThat(Inside.data(one.queryByTcp(Inside.question("web", Type.A)))).containsExactly("10.1.0.2");
	}

	@Test
	void survivesHostileQuestionsAndFloods() throws Exception {
		Inside hostile = container(ContainerId.random(), on("net", List.of("bad"), "10.1.0.2"));
		Inside good = container(ContainerId.random(), on("net", List.of("good"), "10.1.0.3"));
		CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> {
			try {
				hostile.send(hostileDatagrams());
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		for (int i = 0; i < 20; i++) {
			assertThat(good.ask("bad", Type.A)).containsExactly("10.1.0.2");
		}
		flood.join();
		assertThat(hostile.ask("good", Type.A)).containsExactly("10.1.0.3");
	}

	private static List<byte[]> hostileDatagrams() throws Exception {
		Random random = new Random(53);
		List<byte[]> datagrams = new ArrayList<>();
		byte[] valid = Inside.question("good", Type.A).toWire();
		for (int i = 0; i < 10_000; i++) {
			byte[] bytes = switch (i % 4) {
				case 0 -> new byte[random.nextInt(1400)];
				case 1 -> new byte[20_000];
				case 2 -> java.util.Arrays.copyOf(valid, random.nextInt(valid.length + 20));
				default -> valid.clone();
			};
			if (i % 4 == 0) {
				random.nextBytes(bytes);
			}
			if (i % 4 == 2 && bytes.length > 12) {
				// a name that points at itself
				bytes[12] = (byte) 0xc0;
				bytes[13 % bytes.length] = 12;
			}
			datagrams.add(bytes);
		}
		return datagrams;
	}

	@Test
	void refusesWhatIsNoQuestion() throws Exception {
		Inside one = container(ContainerId.random(), on("net", List.of("web"), "10.1.0.2"));
		Message transfer = Inside.question("net", Type.AXFR);
		assertThat(one.query(transfer).getRcode()).isEqualTo(Rcode.REFUSED);
		Message update = Inside.question("web", Type.A);
		update.getHeader().setOpcode(org.xbill.DNS.Opcode.UPDATE);
		assertThat(one.query(update).getRcode()).isEqualTo(Rcode.NOTIMP);
		Message empty = new Message(7);
		assertThat(one.query(empty).getRcode()).isEqualTo(Rcode.FORMERR);
		Message futureEdns = Inside.question("web", Type.A);
		futureEdns.addRecord(new org.xbill.DNS.OPTRecord(1232, 0, 1), Section.ADDITIONAL);
		assertThat(one.query(futureEdns).getRcode()).isEqualTo(Rcode.BADVERS);
	}

}
