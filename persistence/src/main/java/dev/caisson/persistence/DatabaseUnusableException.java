package dev.caisson.persistence;

import org.jspecify.annotations.Nullable;

/**
 * A database that must not be used: damaged, of a newer Caisson, or held by another
 * process. The service does not start on it.
 */
public final class DatabaseUnusableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String remedy;

	/**
	 * @param message what is wrong with which database
	 * @param remedy what the operator can do about it
	 */
	public DatabaseUnusableException(String message, String remedy, @Nullable Throwable cause) {
		super(message, cause);
		this.remedy = remedy;
	}

	public String remedy() {
		return this.remedy;
	}

}
