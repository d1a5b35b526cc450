package dev.caisson.platform.evidence;

import dev.caisson.platform.server.ApiException;

/** A launch that is not kept: 404. */
final class NoSuchLaunchException extends ApiException {

	private static final long serialVersionUID = 1L;

	NoSuchLaunchException(String reference, int number) {
		super(404,
				"launch " + number + " of container " + reference + " is not kept: see /launches for those that are");
	}

}
