package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.linux.ProcessIdentity;

/**
 * The files of one exec instance, which go with its container's run.
 *
 * @param path the directory
 */
record ExecDirectory(Path path) {

	/** What was asked for, see {@link ExecFile}. */
	Path spec() {
		return this.path.resolve("spec.json");
	}

	/** The siginfo_t that the keeper has from waitid(2). */
	Path status() {
		return this.path.resolve("status");
	}

	/** The identity of its keeper. */
	Path keeper() {
		return this.path.resolve("keeper");
	}

	Optional<ExitStatus> exitStatus() {
		try {
			return ExitStatus.parse(Files.readAllBytes(status()));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	Optional<ProcessIdentity> keeperIdentity() {
		try {
			return ProcessIdentity.parse(Files.readString(keeper()));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	void noteKeeper(ProcessIdentity identity) {
		try {
			Files.writeString(keeper(), identity.toString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("write " + keeper() + ": " + ex.getMessage(), ex);
		}
	}

	void delete() {
		Launches.deleteTree(this.path);
	}

}
