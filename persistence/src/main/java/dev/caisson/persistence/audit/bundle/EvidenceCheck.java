package dev.caisson.persistence.audit.bundle;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.merkle.Frontier;
import dev.caisson.persistence.merkle.Hash;
import dev.caisson.persistence.note.Checkpoint;
import dev.caisson.persistence.note.NoteFormatException;
import dev.caisson.persistence.note.SignedNote;
import dev.caisson.persistence.note.VerifierKey;
import org.jspecify.annotations.Nullable;

/**
 * Checks evidence against a key: signatures, then each record against its hash, and the
 * hashes against every checkpoint, in one pass. Not thread-safe; used once.
 */
public final class EvidenceCheck {

	/** The action of the record by which the log says what it has forgotten. */
	public static final String RETENTION = "audit.retention";

	/** Its detail: the first record that is kept. */
	public static final String BEFORE = "before";

	private final Evidence evidence;

	private final List<Checkpoint> checkpoints = new ArrayList<>();

	private final Frontier frontier = new Frontier();

	private final Iterator<String> records;

	private @Nullable AuditRecord next;

	private String nextText = "";

	private long last = -1;

	private long checked;

	private long forgotten;

	private EvidenceCheck(Evidence evidence) {
		this.evidence = evidence;
		this.records = evidence.records();
	}

	/**
	 * What fits.
	 *
	 * @param size how many records the log has
	 * @param records how many of them are in the evidence
	 * @param from the first of them, if none is missing from there on; else -1
	 * @param checkpoints how many checkpoints fit
	 */
	public record Result(long size, long records, long from, int checkpoints, Hash root) {
	}

	/**
	 * Checks everything.
	 * @param key that the checker trusts
	 * @throws EvidenceMisfitException with the first thing that does not fit
	 */
	public static Result check(Evidence evidence, VerifierKey key) {
		try {
			EvidenceCheck check = new EvidenceCheck(evidence);
			check.readCheckpoints(key);
			return check.walk();
		}
		catch (NoteFormatException ex) {
			throw new EvidenceMisfitException(ex.getMessage());
		}
	}

	/** Those before the first that a trusted key signed are of older keys. */
	private void readCheckpoints(VerifierKey key) {
		List<VerifierKey> trusted = KeyRotation.trusted(key, this.evidence.rotations());
		boolean signed = false;
		for (String text : this.evidence.checkpoints()) {
			SignedNote note = SignedNote.parse(text);
			Checkpoint checkpoint = Checkpoint.parse(note.text());
			boolean now = checkpoint.origin().equals(key.name()) && trusted.stream().anyMatch(note::isSignedBy);
			if (signed && !now) {
				throw new EvidenceMisfitException(
						"the checkpoint of " + checkpoint.size() + " records is not signed by a trusted key");
			}
			if (!this.checkpoints.isEmpty() && checkpoint.size() < this.checkpoints.getLast().size()) {
				throw new EvidenceMisfitException("the checkpoints are out of order at " + checkpoint.size());
			}
			signed = now;
			this.checkpoints.add(checkpoint);
		}
		if (!signed) {
			throw new EvidenceMisfitException("no checkpoint is signed by the key " + key);
		}
	}

	private Result walk() {
		Iterator<Hash> leaves = this.evidence.leaves();
		int fitting = 0;
		long size = this.checkpoints.getLast().size();
		advance();
		while (true) {
			fitting = checkRoots(fitting);
			long index = this.frontier.size();
			if (index == size) {
				break;
			}
			if (!leaves.hasNext()) {
				throw new EvidenceMisfitException(index, "the hash of record " + index + " is missing");
			}
			Hash leaf = leaves.next();
			checkRecord(index, leaf);
			this.frontier.add(leaf);
		}
		if (this.next != null) {
			throw new EvidenceMisfitException(this.next.sequence(), "record " + this.next.sequence()
					+ " is not in the log, which has " + size + " records by its last checkpoint");
		}
		if (this.evidence.completeFrom() > this.forgotten) {
			throw new EvidenceMisfitException(this.forgotten, "records " + this.forgotten + " to "
					+ (this.evidence.completeFrom() - 1) + " are missing, and no retention has recorded that");
		}
		return new Result(size, this.checked, this.evidence.completeFrom(), fitting, this.frontier.root());
	}

	private int checkRoots(int fitting) {
		int index = fitting;
		while (index < this.checkpoints.size() && this.checkpoints.get(index).size() == this.frontier.size()) {
			if (!this.checkpoints.get(index).root().equals(this.frontier.root())) {
				long before = (index > 0) ? this.checkpoints.get(index - 1).size() : 0;
				throw new EvidenceMisfitException(before, "the hashes of records " + before + " to "
						+ (this.frontier.size() - 1) + " are not those of the checkpoint of " + this.frontier.size());
			}
			index++;
		}
		return index;
	}

	private void checkRecord(long index, Hash leaf) {
		if (this.next == null || this.next.sequence() != index) {
			if (this.evidence.completeFrom() >= 0 && index >= this.evidence.completeFrom()) {
				throw new EvidenceMisfitException(index, "record " + index + " is missing");
			}
			return;
		}
		if (!AuditRecord.leaf(this.nextText).equals(leaf)) {
			throw new EvidenceMisfitException(index,
					"record " + index + " was changed: its hash is not the one recorded");
		}
		this.checked++;
		noteRetention(this.next);
		advance();
	}

	private void noteRetention(AuditRecord record) {
		if (record.entry().action().equals(RETENTION) && record.entry().details().get(BEFORE) instanceof Long before) {
			this.forgotten = Math.max(this.forgotten, before);
		}
	}

	private void advance() {
		if (!this.records.hasNext()) {
			this.next = null;
			return;
		}
		this.nextText = this.records.next();
		try {
			this.next = AuditRecord.parse(this.nextText);
		}
		catch (IllegalArgumentException ex) {
			throw new EvidenceMisfitException(this.last + 1,
					"what should be record " + (this.last + 1) + " or a later one was changed: " + ex.getMessage());
		}
		if (this.next.sequence() <= this.last) {
			throw new EvidenceMisfitException(this.next.sequence(),
					"record " + this.next.sequence() + " is out of order, after record " + this.last);
		}
		this.last = this.next.sequence();
	}

}
