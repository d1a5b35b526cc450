package dev.caisson.persistence.backup;

/** A file that is no backup, or one of a newer version. */
public final class BackupUnusableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	BackupUnusableException(String message) {
		super(message);
	}

}
