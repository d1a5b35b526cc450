package dev.caisson.engine.image;

/** No image has this name, id or digest; the message has Docker's wording. */
public final class ImageNotFoundException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String reference;

	ImageNotFoundException(String reference) {
		super("No such image: " + reference);
		this.reference = reference;
	}

	/** The name, id or digest that was looked for, in its familiar form. */
	public String reference() {
		return this.reference;
	}

}
