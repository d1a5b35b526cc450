package dev.caisson.platform.server;

/** A value in the request that cannot be: 400. */
public final class BadParameterException extends ApiException {

	private static final long serialVersionUID = 1L;

	public BadParameterException(String message) {
		super(400, message);
	}

}
