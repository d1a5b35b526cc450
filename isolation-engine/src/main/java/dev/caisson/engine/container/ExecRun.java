package dev.caisson.engine.container;

import java.nio.file.Files;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.launch.Keeper;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.linux.Fd;

/** An exec'd process under its keeper. Safe for use by many threads. */
final class ExecRun {

	private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(5);

	private final Keeper keeper;

	private final Fd ended;

	private final ExecDirectory directory;

	ExecRun(Keeper keeper, Fd ended, ExecDirectory directory) {
		this.keeper = keeper;
		this.ended = ended;
		this.directory = directory;
	}

	/** The run that an earlier service had begun, if its keeper still lives. */
	static Optional<ExecRun> takeBack(ExecDirectory directory, String name) {
		return directory.keeperIdentity()
			.or(() -> Keeper.named(name))
			.flatMap(Keeper::find)
			.map((keeper) -> new ExecRun(keeper, keeper.take(KeptDescriptor.EXIT_WATCH), directory));
	}

	int pid() {
		return this.keeper.containerPid();
	}

	/**
	 * Becomes readable, or hangs up, when the process has ended and its status has been
	 * written.
	 */
	Fd ended() {
		return this.ended;
	}

	/** A duplicate of a descriptor that the keeper holds; the caller's own. */
	Optional<Fd> take(KeptDescriptor kept) {
		return this.keeper.takeIfHeld(kept);
	}

	/** How it ended; the keeper may have been killed before it could tell. */
	ExitStatus status() {
		return this.directory.exitStatus().orElse(Life.UNKNOWN_STATUS);
	}

	synchronized boolean signal(int number) {
		return !this.ended.isClosed() && this.keeper.signal(number);
	}

	/** Lets the keeper go, after the end. Safe to repeat. */
	synchronized void release() {
		if (!this.ended.isClosed()) {
			this.keeper.release();
			this.keeper.awaitEnd(LONGEST_GOODBYE);
		}
		letGo();
		try {
			Files.deleteIfExists(this.directory.keeper());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("remove " + this.directory.keeper(), ex);
		}
	}

	/** Closes this service's descriptors; the process runs on. */
	synchronized void letGo() {
		this.keeper.close();
		this.ended.close();
	}

}
