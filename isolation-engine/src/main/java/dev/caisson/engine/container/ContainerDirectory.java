package dev.caisson.engine.container;

import java.nio.file.Path;

import dev.caisson.engine.spec.ContainerId;

/**
 * Where the files of a container lie.
 *
 * @param id whose they are
 * @param data what lasts: state, log, ledger, the upper layer
 * @param run what a restart of the host may take away
 */
record ContainerDirectory(ContainerId id, Path data, Path run) {

	static ContainerDirectory of(Path dataRoot, Path runRoot, ContainerId id) {
		return new ContainerDirectory(id, dataRoot.resolve("containers").resolve(id.value()),
				runRoot.resolve("containers").resolve(id.value()));
	}

	Path log() {
		return this.data.resolve(this.id.value() + "-json.log");
	}

	Path state() {
		return this.data.resolve("state.json");
	}

	Path ledger() {
		return this.data.resolve("ledger");
	}

	/** What the container has changed of its image. */
	Path upper() {
		return this.data.resolve("upper");
	}

	/** What overlayfs needs beside it. */
	Path work() {
		return this.data.resolve("work");
	}

	Path dataRoot() {
		return this.data.getParent().getParent();
	}

	Path runRoot() {
		return this.run.getParent().getParent();
	}

	/** The traces of its last launches, see {@link LaunchArchive}. */
	Path launches() {
		return this.data.resolve("launches");
	}

	/** Output that has been read and is not in the log yet. */
	Path spool(int stream) {
		return this.data.resolve("spool." + stream);
	}

	/** How far the log has come, see {@link LogPosition}. */
	Path logPosition() {
		return this.data.resolve("log-position");
	}

	/** The siginfo_t that the keeper has from waitid(2). */
	Path status() {
		return this.run.resolve("status");
	}

	/** Where the files of the exec instances lie. */
	Path execs() {
		return this.run.resolve("exec");
	}

	ExecDirectory exec(ExecId id) {
		return new ExecDirectory(execs().resolve(id.value()));
	}

}
