package dev.caisson.platform.build.source;

/** Something cannot be copied, in Docker's words where it has them. */
public final class CopyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public CopyException(String message) {
		super(message);
	}

}
