package dev.caisson.engine.image.trust;

/** An image that the policy of this machine does not let in. */
public final class ImageRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public ImageRefusedException(String message) {
		super(message);
	}

}
