package dev.caisson.persistence.audit.log;

import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;

import dev.caisson.persistence.audit.bundle.Evidence;
import dev.caisson.persistence.audit.bundle.EvidenceCheck;
import dev.caisson.persistence.merkle.Hash;

/**
 * What the log has to show, as of its newest checkpoint.
 *
 * @param size of that checkpoint
 * @param source of the records
 */
record LogEvidence(AuditStore store, AuditTree tree, LogKeys keys, long size, long completeFrom,
		Supplier<Iterator<String>> source) implements Evidence {

	/** The action of the record that says what was forgotten. */
	static final String RETENTION = EvidenceCheck.RETENTION;

	static final String BEFORE = EvidenceCheck.BEFORE;

	@Override
	public List<String> checkpoints() {
		return this.store.checkpoints(this.size);
	}

	@Override
	public List<String> rotations() {
		return this.keys.rotations();
	}

	@Override
	public Iterator<Hash> leaves() {
		return LongStream.range(0, this.size).mapToObj((index) -> this.tree.root(0, index)).iterator();
	}

	@Override
	public Iterator<String> records() {
		return this.source.get();
	}

}
