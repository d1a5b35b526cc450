package dev.caisson.persistence.note;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A text and signatures of it (c2sp.org/signed-note): the text, an empty line, and for
 * each signature a line of an em dash, the key's name and base64.
 *
 * @param text ends with a newline
 * @param signatures in their order
 */
public record SignedNote(String text, List<NoteSignature> signatures) {

	private static final String DASH = "\u2014 ";

	public SignedNote {
		if (!text.endsWith("\n")) {
			throw new NoteFormatException("the text of a note ends with a newline");
		}
		signatures = List.copyOf(signatures);
	}

	/** One signature line. */
	public record NoteSignature(String name, byte[] id, byte[] signature) {
	}

	/** Signs a text with each of the keys. */
	public static SignedNote sign(String text, SigningKey... keys) {
		List<NoteSignature> signatures = new ArrayList<>();
		for (SigningKey key : keys) {
			byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
			signatures.add(new NoteSignature(key.verifier().name(), key.verifier().idBytes(), signature));
		}
		return new SignedNote(text, signatures);
	}

	/**
	 * The inverse of {@link #encoded}.
	 * @throws NoteFormatException if it is not a signed note
	 */
	public static SignedNote parse(String note) {
		int gap = note.lastIndexOf("\n\n");
		if (gap < 0 || !note.endsWith("\n")) {
			throw new NoteFormatException("a signed note is a text, an empty line, and signatures");
		}
		List<NoteSignature> signatures = note.substring(gap + 2).lines().map(SignedNote::signature).toList();
		if (signatures.isEmpty()) {
			throw new NoteFormatException("the note has no signature");
		}
		return new SignedNote(note.substring(0, gap + 1), signatures);
	}

	private static NoteSignature signature(String line) {
		String[] parts = line.split(" ");
		if (parts.length != 3 || !line.startsWith(DASH)) {
			throw new NoteFormatException("not a signature line: " + line);
		}
		byte[] bytes = VerifierKey.decode(parts[2]);
		if (bytes.length <= VerifierKey.ID_LENGTH) {
			throw new NoteFormatException("the signature of " + parts[1] + " is too short");
		}
		return new NoteSignature(parts[1], Arrays.copyOf(bytes, VerifierKey.ID_LENGTH),
				Arrays.copyOfRange(bytes, VerifierKey.ID_LENGTH, bytes.length));
	}

	/** Whether this key has signed it; signatures of other keys do not matter. */
	public boolean isSignedBy(VerifierKey key) {
		byte[] bytes = this.text.getBytes(StandardCharsets.UTF_8);
		return this.signatures.stream()
			.filter((each) -> each.name().equals(key.name()) && Arrays.equals(each.id(), key.idBytes()))
			.anyMatch((each) -> key.verifies(bytes, each.signature()));
	}

	/** As it is kept and sent. */
	public String encoded() {
		StringBuilder note = new StringBuilder(this.text).append('\n');
		for (NoteSignature each : this.signatures) {
			String base64 = Base64.getEncoder().encodeToString(VerifierKey.concat(each.id(), each.signature()));
			note.append(DASH).append(each.name()).append(' ').append(base64).append('\n');
		}
		return note.toString();
	}

}
