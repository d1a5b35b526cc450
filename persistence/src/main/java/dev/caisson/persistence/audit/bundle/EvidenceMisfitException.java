package dev.caisson.persistence.audit.bundle;

/**
 * Something in the evidence is not what was recorded. The message names the first such
 * thing.
 */
public final class EvidenceMisfitException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final long record;

	public EvidenceMisfitException(String message) {
		this(-1, message);
	}

	public EvidenceMisfitException(long record, String message) {
		super(message);
		this.record = record;
	}

	/** The first record that does not fit; -1 if it is not one record. */
	public long record() {
		return this.record;
	}

}
