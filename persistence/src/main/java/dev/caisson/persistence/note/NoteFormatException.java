package dev.caisson.persistence.note;

/** A key, note or checkpoint that is not of the form that C2SP specifies. */
public final class NoteFormatException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	NoteFormatException(String message) {
		super(message);
	}

}
