package dev.caisson.platform.server;

/** A JSON body beyond what any honest request needs: 413, before it costs memory. */
final class BodyTooLargeException extends ApiException {

	private static final long serialVersionUID = 1L;

	BodyTooLargeException() {
		super(413, "request body is larger than " + BoundedBody.LIMIT / 1024 / 1024 + " MB");
	}

}
