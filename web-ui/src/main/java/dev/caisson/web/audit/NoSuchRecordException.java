package dev.caisson.web.audit;

import dev.caisson.platform.server.ApiException;

/** A record that there never was, or that is kept no longer: 404. */
final class NoSuchRecordException extends ApiException {

	private static final long serialVersionUID = 1L;

	NoSuchRecordException(long sequence) {
		super(404, "the log has no record " + sequence + " any more or yet: its hash and proof stay in the tree");
	}

}
