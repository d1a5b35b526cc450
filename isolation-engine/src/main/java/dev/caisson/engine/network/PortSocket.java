package dev.caisson.engine.network;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.PublishedPort;

/** Sockets that hold a port of the host, and who holds one. */
final class PortSocket {

	/** Of sys/socket.h and netinet/in.h. */
	private static final int AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1, SOCK_DGRAM = 2, IPPROTO_IPV6 = 41,
			IPV6_V6ONLY = 26;

	/** sizeof struct sockaddr_in and sockaddr_in6, and where their addresses are. */
	private static final int SIZE4 = 16, SIZE6 = 28, ADDRESS4 = 4, ADDRESS6 = 8;

	private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

	private static final int FIRST_EPHEMERAL = 32_768, LAST_EPHEMERAL = 60_999;

	private PortSocket() {
	}

	/**
	 * Binds a socket and never reads from it.
	 * @return empty if this kernel has no such protocol, so nobody else can bind either
	 * @throws LinuxException EADDRINUSE, EADDRNOTAVAIL
	 */
	static Optional<Fd> bind(BoundPort port) {
		boolean ipv6 = port.isIpv6();
		int type = (port.protocol() == PublishedPort.Protocol.UDP) ? SOCK_DGRAM : SOCK_STREAM;
		long made = Linux.attempt(SystemCall.SOCKET, ipv6 ? AF_INET6 : AF_INET, type | Fd.O_CLOEXEC,
				port.protocol().number());
		if (made < 0 && port.protocol() == PublishedPort.Protocol.SCTP) {
			return Optional.empty();
		}
		if (made < 0) {
			throw new LinuxException("socket", port.hostText(), dev.caisson.engine.linux.Errno.of(-made));
		}
		Fd socket = new Fd(made, "port " + port.hostText());
		try (Arena arena = Arena.ofConfined()) {
			if (ipv6) {
				MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
				Linux.call(SystemCall.SETSOCKOPT, socket.name(), made, IPPROTO_IPV6, IPV6_V6ONLY, one.address(), 4);
			}
			MemorySegment address = address(arena, port.hostAddress(), port.hostPort());
			Linux.call(SystemCall.BIND, port.hostText(), made, address.address(), address.byteSize());
			return Optional.of(socket);
		}
		catch (RuntimeException ex) {
			socket.close();
			throw ex;
		}
	}

	private static MemorySegment address(Arena arena, InetAddress address, int port) {
		byte[] bytes = address.getAddress();
		boolean ipv6 = bytes.length == 16;
		MemorySegment memory = arena.allocate(ipv6 ? SIZE6 : SIZE4, 4);
		memory.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? AF_INET6 : AF_INET));
		memory.set(PORT, 2, (short) port);
		MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, ipv6 ? ADDRESS6 : ADDRESS4, bytes.length);
		return memory;
	}

	/** One of the kernel's ephemeral ports, see ip_local_port_range of ip(7). */
	static int anyEphemeral() {
		String[] range = Sysctl.read("ipv4/ip_local_port_range").split("\\s+");
		int first = (range.length == 2) ? Integer.parseInt(range[0]) : FIRST_EPHEMERAL;
		int last = (range.length == 2) ? Integer.parseInt(range[1]) : LAST_EPHEMERAL;
		return ThreadLocalRandom.current().nextInt(first, last + 1);
	}

	/** The process that has a port: {@code nginx (pid 123)}. */
	static Optional<String> holder(BoundPort port) {
		Set<String> sockets = new HashSet<>();
		for (String file : List.of(port.protocol().word(), port.protocol().word() + "6")) {
			sockets.addAll(sockets(Path.of("/proc/net", file), port.hostPort()));
		}
		return sockets.isEmpty() ? Optional.empty() : processOf(sockets);
	}

	/** See proc_pid_net(5): the address is hex, the inode the tenth field. */
	private static Set<String> sockets(Path table, int port) {
		Set<String> found = new HashSet<>();
		String suffix = String.format(":%04X", port);
		try {
			for (String line : Files.readAllLines(table)) {
				String[] fields = line.strip().split("\\s+");
				if (fields.length > 9 && fields[1].endsWith(suffix)) {
					found.add("socket:[" + fields[9] + "]");
				}
			}
		}
		catch (IOException absent) {
			// no such protocol in this kernel
		}
		return found;
	}

	private static Optional<String> processOf(Set<String> sockets) {
		return ProcessHandle.allProcesses()
			.filter((process) -> has(process.pid(), sockets))
			.findFirst()
			.map((process) -> name(process.pid()) + " (pid " + process.pid() + ")");
	}

	private static boolean has(long pid, Set<String> sockets) {
		try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
			for (Path descriptor : descriptors) {
				if (Files.isSymbolicLink(descriptor)
						&& sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
					return true;
				}
			}
		}
		catch (IOException | DirectoryIteratorException ended) {
			// the process, or the descriptor
		}
		return false;
	}

	private static String name(long pid) {
		try {
			return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
		}
		catch (IOException ended) {
			return "a process";
		}
	}

}
