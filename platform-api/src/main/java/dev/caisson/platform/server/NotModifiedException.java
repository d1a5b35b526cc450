package dev.caisson.platform.server;

/** What was asked for is so already: 304, without a body. */
public final class NotModifiedException extends ApiException {

	private static final long serialVersionUID = 1L;

	public NotModifiedException(String message) {
		super(304, message);
	}

}
