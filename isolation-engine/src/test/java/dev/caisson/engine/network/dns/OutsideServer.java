package dev.caisson.engine.network.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** A DNS server on an address of the host, whose answers a test decides. */
final class OutsideServer implements AutoCloseable {

	private final DatagramSocket udp;

	private final ServerSocket tcp;

	private final AtomicInteger asked = new AtomicInteger();

	/**
	 * @param answers what is added to the answer's frame; null is silence
	 */
	OutsideServer(String address, Function<Message, Message> answers) throws IOException {
		this.udp = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 53));
		this.tcp = new ServerSocket();
		this.tcp.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 53));
		Thread.ofPlatform().daemon().start(() -> serveDatagrams(answers));
		Thread.ofPlatform().daemon().start(() -> serveConnections(answers));
	}

	static Message frame(Message question) {
		Message answer = new Message(question.getHeader().getID());
		answer.getHeader().setFlag(Flags.QR);
		answer.getHeader().setFlag(Flags.RA);
		answer.addRecord(question.getQuestion(), Section.QUESTION);
		return answer;
	}

	/** How many questions came. */
	int asked() {
		return this.asked.get();
	}

	private void serveDatagrams(Function<Message, Message> answers) {
		try {
			while (true) {
				DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
				this.udp.receive(packet);
				this.asked.incrementAndGet();
				Message answer = answers.apply(new Message(Arrays.copyOf(packet.getData(), packet.getLength())));
				if (answer != null) {
					byte[] bytes = answer.toWire(512);
					this.udp.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
				}
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	private void serveConnections(Function<Message, Message> answers) {
		try {
			while (true) {
				try (Socket socket = this.tcp.accept()) {
					DataInputStream in = new DataInputStream(socket.getInputStream());
					byte[] answer = answers.apply(new Message(in.readNBytes(in.readUnsignedShort()))).toWire(65_535);
					DataOutputStream out = new DataOutputStream(socket.getOutputStream());
					out.writeShort(answer.length);
					out.write(answer);
					out.flush();
				}
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	@Override
	public void close() throws IOException {
		this.udp.close();
		this.tcp.close();
	}

}
