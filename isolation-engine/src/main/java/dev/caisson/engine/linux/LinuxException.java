package dev.caisson.engine.linux;

/**
 * A system call that the kernel refused: operation, object and errno as fields, and a
 * remedy where one is known. The message reads
 * {@code mount overlay on /run/…: EINVAL: upper and lower overlap}.
 */
public final class LinuxException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String operation;

	private final String object;

	private final Errno errno;

	public LinuxException(String operation, String object, Errno errno) {
		this(operation, object, errno, errno.description());
	}

	public LinuxException(String operation, String object, Errno errno, String remedy) {
		super(operation + " " + object + ": " + errno + ": " + remedy);
		this.operation = operation;
		this.object = object;
		this.errno = errno;
	}

	public String operation() {
		return this.operation;
	}

	public String object() {
		return this.object;
	}

	public Errno errno() {
		return this.errno;
	}

	public boolean is(Errno expected) {
		return this.errno == expected;
	}

}
