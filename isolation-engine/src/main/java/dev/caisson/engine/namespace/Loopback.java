package dev.caisson.engine.namespace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/** Brings the device {@code lo} of a new network namespace up, see netdevice(7). */
final class Loopback {

	/** Of linux/socket.h, linux/sockios.h and linux/if.h. */
	private static final int AF_INET = 2, SOCK_DGRAM_CLOEXEC = 2 | Fd.O_CLOEXEC, SIOCSIFFLAGS = 0x8914, IFF_UP = 1;

	/** struct ifreq: 16 bytes of name, then the flags. */
	private static final int IFREQ_SIZE = 40, IFREQ_FLAGS = 16;

	private Loopback() {
	}

	static void plan(LaunchPlan.Section child) {
		Step socket = child.call("open a socket", SystemCall.SOCKET, Arg.flags(AF_INET, "AF_INET"),
				Arg.flags(SOCK_DGRAM_CLOEXEC, "SOCK_DGRAM|SOCK_CLOEXEC"), Arg.number(0));
		child.call("bring lo up", SystemCall.IOCTL, Arg.result(socket), Arg.flags(SIOCSIFFLAGS, "SIOCSIFFLAGS"),
				new Arg.Bytes(request(), "{lo, IFF_UP}"));
		child.call("close the socket", SystemCall.CLOSE, Arg.result(socket));
	}

	/** Does it now, in the network namespace of this thread. */
	static void up() {
		try (Fd socket = new Fd(Linux.call(SystemCall.SOCKET, "AF_INET", AF_INET, SOCK_DGRAM_CLOEXEC, 0), "socket");
				Arena arena = Arena.ofConfined()) {
			MemorySegment request = arena.allocateFrom(ValueLayout.JAVA_BYTE, request());
			Linux.call(SystemCall.IOCTL, "lo, SIOCSIFFLAGS", socket.number(), SIOCSIFFLAGS, request.address());
		}
	}

	private static byte[] request() {
		byte[] request = Arrays.copyOf("lo".getBytes(StandardCharsets.US_ASCII), IFREQ_SIZE);
		request[IFREQ_FLAGS] = IFF_UP;
		return request;
	}

}
