package dev.caisson.persistence.note;

import dev.caisson.persistence.merkle.Hash;

/**
 * What a log says of itself at one moment (c2sp.org/tlog-checkpoint): the text of a
 * signed note of three lines, origin, size and root in base64.
 *
 * @param origin which log it is
 * @param size how many records it has
 * @param root of the tree over them
 */
public record Checkpoint(String origin, long size, Hash root) {

	/**
	 * Reads the text of a note; lines after the third are extensions and ignored.
	 * @throws NoteFormatException if it is not a checkpoint
	 */
	public static Checkpoint parse(String text) {
		String[] lines = text.split("\n");
		if (lines.length < 3 || lines[0].isEmpty() || !lines[1].matches("0|[1-9][0-9]{0,17}")) {
			throw new NoteFormatException("a checkpoint is an origin, a size and a root, one a line");
		}
		byte[] root = VerifierKey.decode(lines[2]);
		if (root.length != Hash.LENGTH) {
			throw new NoteFormatException("the root of a checkpoint has " + Hash.LENGTH + " bytes");
		}
		return new Checkpoint(lines[0], Long.parseLong(lines[1]), Hash.of(root));
	}

	/** The text that is signed. */
	public String text() {
		return this.origin + "\n" + this.size + "\n" + this.root.base64() + "\n";
	}

	public SignedNote sign(SigningKey... keys) {
		return SignedNote.sign(text(), keys);
	}

}
