package dev.caisson.engine.container;

/** A path in a container with which that cannot be done. */
public final class FileRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	FileRefusedException(Reason reason, String path) {
		super(path + ": " + reason.words);
		this.reason = reason;
	}

	public Reason reason() {
		return this.reason;
	}

	/** Why. */
	public enum Reason {

		/** There is nothing at it. */
		NOT_FOUND("no such file or directory"),
		/** It is used as a directory, and is none. */
		NOT_A_DIRECTORY("not a directory"),
		/** The container's own root is read-only. */
		ROOT_READ_ONLY("container rootfs is marked read-only"),
		/** What is mounted there is read-only. */
		VOLUME_READ_ONLY("mounted volume is marked read-only"),
		/** It is in a file system that shows the kernel and not files. */
		KERNEL_FILES("is in a file system of the kernel, such as /proc");

		private final String words;

		Reason(String words) {
			this.words = words;
		}

	}

}
