package dev.caisson.persistence.audit.bundle;

import java.util.Iterator;
import java.util.List;

import dev.caisson.persistence.merkle.Hash;

/** What is checked, from wherever it comes. */
public interface Evidence {

	/** Signed checkpoints, the oldest first. */
	List<String> checkpoints();

	/** Signed notes by which a key hands over to the next, see {@link KeyRotation}. */
	List<String> rotations();

	/** The hash of every record that was ever added, in order. */
	Iterator<Hash> leaves();

	/** Texts of records, in order. */
	Iterator<String> records();

	/**
	 * From which record on none may be missing; -1 if the records are a selection.
	 */
	long completeFrom();

}
