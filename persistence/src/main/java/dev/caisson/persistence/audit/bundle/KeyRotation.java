package dev.caisson.persistence.audit.bundle;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.caisson.persistence.note.NoteFormatException;
import dev.caisson.persistence.note.SignedNote;
import dev.caisson.persistence.note.SigningKey;
import dev.caisson.persistence.note.VerifierKey;

/**
 * How trust goes from one key to the next: a note of three lines, this title, the old key
 * and the new one, signed by the old.
 */
public final class KeyRotation {

	private static final String TITLE = "caisson audit key rotation";

	private KeyRotation() {
	}

	public static SignedNote sign(SigningKey old, VerifierKey fresh) {
		return SignedNote.sign(TITLE + "\n" + old.verifier() + "\n" + fresh + "\n", old);
	}

	/**
	 * The key that hands over.
	 * @throws NoteFormatException if it is not a rotation
	 */
	public static VerifierKey old(String rotation) {
		String[] lines = SignedNote.parse(rotation).text().split("\n");
		return VerifierKey.parse((lines.length == 3) ? lines[1] : "");
	}

	/**
	 * The keys that are trusted by whoever trusts this one: it and what it handed over
	 * to.
	 * @throws NoteFormatException if a rotation is not of that form
	 */
	static List<VerifierKey> trusted(VerifierKey first, List<String> rotations) {
		Set<VerifierKey> trusted = new LinkedHashSet<>(List.of(first));
		for (String rotation : rotations) {
			SignedNote note = SignedNote.parse(rotation);
			String[] lines = note.text().split("\n");
			if (lines.length == 3 && lines[0].equals(TITLE)) {
				VerifierKey old = VerifierKey.parse(lines[1]);
				if (trusted.contains(old) && note.isSignedBy(old)) {
					trusted.add(VerifierKey.parse(lines[2]));
				}
			}
		}
		return new ArrayList<>(trusted);
	}

}
