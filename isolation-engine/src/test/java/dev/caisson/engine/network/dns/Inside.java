package dev.caisson.engine.network.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.NetlinkMessage;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.linux.SystemCall;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A network namespace as a container has it, and what a program in it can do: sockets
 * that a thread makes are in the namespace that it is in.
 */
final class Inside implements AutoCloseable {

	private static final int CLONE_NEWNET = 0x40000000, PATIENCE = 20_000, RETRY = 5_000;

	/** Of linux/rtnetlink.h, linux/if_link.h and linux/if.h. */
	private static final int RTM_SETLINK = 19, IFLA_IFNAME = 3, IFF_UP = 1;

	private static final InetSocketAddress SERVER = new InetSocketAddress(DnsServer.ADDRESS, 53);

	private final Fd namespace;

	private Inside(Fd namespace) {
		this.namespace = namespace;
	}

	static Inside make() throws InterruptedException {
		CompletableFuture<Fd> made = new CompletableFuture<>();
		Thread.ofPlatform().start(() -> {
			try {
				Linux.call(SystemCall.UNSHARE, "namespace of the test", CLONE_NEWNET);
				bringLoopbackUp();
				made.complete(Fd.open(Path.of("/proc/thread-self/ns/net"), Fd.O_RDONLY));
			}
			catch (RuntimeException ex) {
				made.completeExceptionally(ex);
			}
		}).join();
		return new Inside(made.join());
	}

	private static void bringLoopbackUp() {
		try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
			socket.execute(new NetlinkMessage(RTM_SETLINK, 0, "bring up lo").u8(0, 0)
				.u16(0)
				.u32(0)
				.u32(IFF_UP)
				.u32(IFF_UP)
				.attribute(IFLA_IFNAME, "lo"));
		}
	}

	Fd namespace() {
		return this.namespace;
	}

	<T> T call(Callable<T> work) throws Exception {
		CompletableFuture<T> result = new CompletableFuture<>();
		Thread.ofPlatform().start(() -> {
			try {
				Linux.call(SystemCall.SETNS, "namespace of the test", this.namespace.number(), CLONE_NEWNET);
				result.complete(work.call());
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		}).join();
		return result.get();
	}

	/** The data of the records of an answer, in their order. */
	List<String> ask(String name, int type) throws Exception {
		return data(query(name, type));
	}

	static List<String> data(Message answer) {
		return answer.getSection(Section.ANSWER).stream().map(Record::rdataToString).toList();
	}

	Message query(String name, int type) throws Exception {
		return query(question(name, type));
	}

	static Message question(String name, int type) throws IOException {
		return Message.newQuery(Record.newRecord(Name.fromString(name + "."), type, DClass.IN));
	}

	static Message withPayload(Message question, int size) {
		question.addRecord(new OPTRecord(size, 0, 0), Section.ADDITIONAL);
		return question;
	}

	/** By UDP, again if nothing comes, as resolvers do. */
	Message query(Message question) throws Exception {
		return call(() -> {
			byte[] bytes = question.toWire();
			try (DatagramSocket socket = new DatagramSocket()) {
				socket.connect(SERVER);
				socket.setSoTimeout(RETRY);
				for (int waited = 0; waited < PATIENCE; waited += RETRY) {
					socket.send(new DatagramPacket(bytes, bytes.length));
					try {
						return receive(socket);
					}
					catch (SocketTimeoutException ex) {
						// again
					}
				}
				throw new AssertionError("no answer to " + question);
			}
		});
	}

	private static Message receive(DatagramSocket socket) throws IOException {
		DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
		socket.receive(packet);
		return new Message(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
	}

	Message queryByTcp(Message... questions) throws Exception {
		return call(() -> {
			try (Socket socket = new Socket()) {
				socket.setSoTimeout(PATIENCE);
				socket.connect(SERVER, PATIENCE);
				DataOutputStream out = new DataOutputStream(socket.getOutputStream());
				for (Message question : questions) {
					byte[] bytes = question.toWire();
					out.writeShort(bytes.length);
					out.write(bytes);
				}
				out.flush();
				DataInputStream in = new DataInputStream(socket.getInputStream());
				Message last = null;
				for (int i = 0; i < questions.length; i++) {
					last = new Message(in.readNBytes(in.readUnsignedShort()));
				}
				return java.util.Objects.requireNonNull(last);
			}
		});
	}

	void send(List<byte[]> datagrams) throws Exception {
		call(() -> {
			try (DatagramSocket socket = new DatagramSocket()) {
				socket.connect(SERVER);
				for (byte[] datagram : datagrams) {
					socket.send(new DatagramPacket(datagram, datagram.length));
				}
			}
			return true;
		});
	}

	static List<InetAddress> addresses(String... literals) {
		return java.util.Arrays.stream(literals).map(InetAddress::ofLiteral).toList();
	}

	static int type(String name) {
		return Type.value(name);
	}

	@Override
	public void close() {
		this.namespace.close();
	}

}
