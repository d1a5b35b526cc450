package dev.caisson.persistence.note;

import dev.caisson.persistence.merkle.Hash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SignedNoteTests {

	/** The key and the note of the documentation of Go's package sumdb/note. */
	private static final String PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

	private static final String PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3"
			+ "+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

	private static final String TEXT = "If you think cryptography is the answer to your problem,\n"
			+ "then you don't know what your problem is.\n";

	private static final String NOTE = TEXT + "\n\u2014 PeterNeumann "
			+ "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

	@Test
	void signatureIsTheOneThatOthersMake() {
		SigningKey key = SigningKey.parse(PRIVATE + "\n" + PUBLIC + "\n");
		assertThat(SignedNote.sign(TEXT, key).encoded()).isEqualTo(NOTE);
		assertThat(key.encoded()).isEqualTo(PRIVATE + "\n" + PUBLIC + "\n");
		assertThat(SignedNote.parse(NOTE).isSignedBy(VerifierKey.parse(PUBLIC))).isTrue();
	}

	@Test
	void changedTextIsNotSigned() {
		SignedNote changed = SignedNote.parse(NOTE.replace("answer", "Answer"));
		assertThat(changed.isSignedBy(VerifierKey.parse(PUBLIC))).isFalse();
	}

	@Test
	void noteOfTwoKeysIsSignedByEachAndByNoOther() {
		SigningKey one = SigningKey.generate("log");
		SigningKey two = SigningKey.generate("log");
		SignedNote note = SignedNote.parse(SignedNote.sign("text\n", one, two).encoded());
		assertThat(note.isSignedBy(one.verifier())).isTrue();
		assertThat(note.isSignedBy(two.verifier())).isTrue();
		assertThat(note.isSignedBy(SigningKey.generate("log").verifier())).isFalse();
	}

	@Test
	void generatedKeyIsTheSameWhenItWasWrittenAndRead() {
		SigningKey key = SigningKey.generate("caisson/1234");
		SigningKey read = SigningKey.parse(key.encoded());
		assertThat(read.verifier()).isEqualTo(key.verifier());
		assertThat(SignedNote.sign("a\n", read).isSignedBy(key.verifier())).isTrue();
		assertThat(key.toString()).doesNotContain("PRIVATE");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a", "a+b", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
			"PeterNeumann+c74f20a3+Aipc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "PeterNeumann+c74f20a3+AR",
			"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" })
	void malformedKeyIsRefused(String text) {
		assertThatExceptionOfType(NoteFormatException.class).isThrownBy(() -> VerifierKey.parse(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "text\n", "text\n\n", "text\n\nname base64\n", "text\n\n\u2014 name !!!\n",
			"text\n\n\u2014 name AAAA\n", "text\n\n\u2014 name AAAAAAAA" })
	void malformedNoteIsRefused(String text) {
		assertThatExceptionOfType(NoteFormatException.class).isThrownBy(() -> SignedNote.parse(text));
	}

	@Test
	void checkpointIsTheSameWhenItWasWrittenAndRead() {
		Checkpoint checkpoint = new Checkpoint("caisson/1234", 17, Hash.EMPTY);
		assertThat(checkpoint.text()).isEqualTo("caisson/1234\n17\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
		assertThat(Checkpoint.parse(checkpoint.text() + "an extension\n")).isEqualTo(checkpoint);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a\n1\n", "a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
			"a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "a\n1\nAAAA\n" })
	void malformedCheckpointIsRefused(String text) {
		assertThatExceptionOfType(NoteFormatException.class).isThrownBy(() -> Checkpoint.parse(text));
	}

}
