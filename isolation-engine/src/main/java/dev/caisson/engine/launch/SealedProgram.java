package dev.caisson.engine.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/**
 * The small programs that come with the engine, as sealed files in memory: nobody can
 * change or replace what keepers and containers run, not even through /proc/PID/exe
 * (CVE-2019-5736).
 */
public enum SealedProgram {

	/** What runs launch plans, see stage0.c. */
	STAGE0("stage0"),
	/** The first process of a container that asks for one that reaps, see init.c. */
	INIT("init");

	/** Of linux/fcntl.h: all seals, the last of which forbids further ones. */
	private static final int F_ADD_SEALS = 1033, ALL_SEALS = 0xf;

	private final String resource;

	SealedProgram(String resource) {
		this.resource = resource;
	}

	/** A new copy, the caller's own. */
	public Fd load() {
		byte[] code = read();
		Fd program = Fd.memory("caisson-" + this.resource);
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, code);
			Linux.call(SystemCall.WRITE, this.resource, program.number(), buffer.address(), code.length);
		}
		Linux.call(SystemCall.FCNTL, this.resource, program.number(), F_ADD_SEALS, ALL_SEALS);
		return program;
	}

	private byte[] read() {
		try (InputStream in = SealedProgram.class.getResourceAsStream(this.resource)) {
			if (in == null) {
				throw new IllegalStateException(this.resource + " is missing from the class path: build with Maven");
			}
			return in.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
