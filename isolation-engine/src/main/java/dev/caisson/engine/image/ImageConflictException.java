package dev.caisson.engine.image;

/** An image that cannot be removed as it is; the message has Docker's wording. */
public final class ImageConflictException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final boolean forceable;

	ImageConflictException(String message, boolean forceable) {
		super(message);
		this.forceable = forceable;
	}

	/** Whether the same request with {@code force} would succeed. */
	public boolean forceable() {
		return this.forceable;
	}

}
