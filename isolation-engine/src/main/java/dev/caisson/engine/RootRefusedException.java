package dev.caisson.engine;

import java.nio.file.Path;

/** A directory that cannot be this engine's: says why, and who has it. */
public final class RootRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient Path root;

	public RootRefusedException(Path root, String message) {
		super(message);
		this.root = root;
	}

	public Path root() {
		return this.root;
	}

}
