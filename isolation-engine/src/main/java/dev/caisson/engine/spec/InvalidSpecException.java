package dev.caisson.engine.spec;

/**
 * A declared value that cannot be: names the field in Docker's words and says what would
 * be right. The one place that maps errors to HTTP makes it a 400.
 */
public final class InvalidSpecException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String field;

	/**
	 * @param field the field as the client wrote it, such as {@code HostConfig.Memory}
	 * @param message the whole sentence that the client shall read
	 */
	public InvalidSpecException(String field, String message) {
		super(message);
		this.field = field;
	}

	public String field() {
		return this.field;
	}

}
