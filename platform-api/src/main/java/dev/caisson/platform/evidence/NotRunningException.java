package dev.caisson.platform.evidence;

import dev.caisson.platform.server.ApiException;

/** There is nothing that the kernel could tell of it: 409. */
public final class NotRunningException extends ApiException {

	private static final long serialVersionUID = 1L;

	NotRunningException(String name) {
		super(409, "container " + name + " is not running: start it, or read its sealed reports in the audit log");
	}

}
