package dev.caisson.engine.image;

/** An image's name that cannot be one; the message has Docker's wording. */
public final class InvalidReferenceException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String reference;

	InvalidReferenceException(String reference, String message) {
		super(message);
		this.reference = reference;
	}

	/** What was given as a name. */
	public String reference() {
		return this.reference;
	}

}
