package dev.caisson.platform.build.dockerfile;

/** A Dockerfile that cannot be built; the message is Docker's, with the line. */
public final class DockerfileException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * @param line counted from 1; 0 where it is about the whole file
	 */
	public DockerfileException(int line, String reason) {
		super((line > 0) ? "dockerfile parse error on line " + line + ": " + reason : reason);
	}

}
