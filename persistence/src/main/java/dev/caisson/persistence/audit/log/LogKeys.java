package dev.caisson.persistence.audit.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import dev.caisson.persistence.audit.CanonicalJson;
import dev.caisson.persistence.audit.bundle.KeyRotation;
import dev.caisson.persistence.merkle.Hash;
import dev.caisson.persistence.note.Checkpoint;
import dev.caisson.persistence.note.NoteFormatException;
import dev.caisson.persistence.note.SignedNote;
import dev.caisson.persistence.note.SigningKey;
import dev.caisson.persistence.note.VerifierKey;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a log, in files for the owner alone: {@code signing.key} is the one that
 * signs, {@code rotations} how it came to be trusted, {@code log.vkey} its public half.
 * Made when first needed. Safe for use by many threads.
 */
final class LogKeys {

	private static final int NAME_BYTES = 8;

	private final Path directory;

	private @Nullable SigningKey current;

	/** Signs the first checkpoint after a rotation, too. */
	private @Nullable SigningKey leaving;

	LogKeys(Path directory) {
		this.directory = directory;
	}

	boolean exist() {
		return Files.exists(signingKey());
	}

	/** The origin is the key's name. */
	synchronized SignedNote sign(long size, Hash root) {
		SigningKey key = current();
		Checkpoint checkpoint = new Checkpoint(key.verifier().name(), size, root);
		SigningKey old = this.leaving;
		this.leaving = null;
		return (old != null) ? checkpoint.sign(old, key) : checkpoint.sign(key);
	}

	synchronized VerifierKey verifier() {
		return current().verifier();
	}

	private SigningKey current() {
		if (this.current == null) {
			this.current = exist() ? read() : write(SigningKey.generate("caisson/" + randomName()));
		}
		return this.current;
	}

	private static String randomName() {
		byte[] bytes = new byte[NAME_BYTES];
		new SecureRandom().nextBytes(bytes);
		return HexFormat.of().formatHex(bytes);
	}

	private SigningKey read() {
		try {
			return SigningKey.parse(Files.readString(signingKey()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read " + signingKey(), ex);
		}
		catch (NoteFormatException ex) {
			throw new AuditDamagedException("the key " + signingKey() + " is damaged: " + ex.getMessage());
		}
	}

	private SigningKey write(SigningKey key) {
		try {
			AuditJournal.replace(signingKey(), key.encoded());
			AuditJournal.replace(this.directory.resolve("log.vkey"), key.verifier() + "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("write " + signingKey(), ex);
		}
		return key;
	}

	private Path signingKey() {
		return this.directory.resolve("signing.key");
	}

	private Path rotationFile() {
		return this.directory.resolve("rotations");
	}

	/** The one that all others come from. */
	synchronized VerifierKey first() {
		List<String> notes = rotations();
		return notes.isEmpty() ? verifier() : KeyRotation.old(notes.getFirst());
	}

	/**
	 * Makes a new key, for which the old one vouches. The next checkpoint is signed by
	 * both.
	 */
	synchronized VerifierKey rotate() {
		SigningKey old = current();
		SigningKey fresh = SigningKey.generate(old.verifier().name());
		List<String> notes = new ArrayList<>(rotations());
		notes.add(KeyRotation.sign(old, fresh.verifier()).encoded());
		StringBuilder lines = new StringBuilder();
		notes.forEach((note) -> lines.append(CanonicalJson.write(note)).append('\n'));
		try {
			// first: a key that nobody vouches for would be worth nothing
			AuditJournal.replace(rotationFile(), lines.toString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("write " + rotationFile(), ex);
		}
		this.current = write(fresh);
		this.leaving = old;
		return fresh.verifier();
	}

	/** Signed notes, the oldest first. */
	synchronized List<String> rotations() {
		if (!Files.exists(rotationFile())) {
			return List.of();
		}
		try {
			return Files.readAllLines(rotationFile(), StandardCharsets.UTF_8)
				.stream()
				.map((line) -> (String) CanonicalJson.read(line))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read " + rotationFile(), ex);
		}
	}

}
