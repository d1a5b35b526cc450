package dev.caisson.web.frame;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What is around every page.
 *
 * @param version of Caisson
 * @param user who is signed in; empty if nobody is
 * @param role in a word
 * @param mayOperate whether he may change something
 * @param mayAudit whether he may read the audit log
 * @param containers how many there are
 * @param images how many there are
 * @param networks how many there are
 * @param volumes how many there are
 * @param records how many the audit log has
 * @param sealedAt when the newest checkpoint was signed; null if none was since the start
 * @param sealed how many records it vouches for
 */
public record Frame(String version, String user, String role, boolean mayOperate, boolean mayAudit, int containers,
		int images, int networks, int volumes, long records, @Nullable Instant sealedAt, long sealed) {

	/** Which part of the log a signature vouches for. */
	public String seal() {
		return (this.sealedAt != null) ? Quantity.count(this.sealed) + " records sealed "
				: Quantity.count(this.records) + " audit records";
	}

}
