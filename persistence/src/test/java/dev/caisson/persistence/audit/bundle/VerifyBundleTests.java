package dev.caisson.persistence.audit.bundle;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;
import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.merkle.Frontier;
import dev.caisson.persistence.merkle.Hash;
import dev.caisson.persistence.note.Checkpoint;
import dev.caisson.persistence.note.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class VerifyBundleTests {

	private static final SigningKey KEY = SigningKey.generate("log");

	@TempDir
	private Path directory;

	private final List<String> records = new ArrayList<>();

	private final List<Hash> leaves = new ArrayList<>();

	private final List<String> checkpoints = new ArrayList<>();

	private long completeFrom;

	VerifyBundleTests() {
		Frontier frontier = new Frontier();
		for (int i = 0; i < 20; i++) {
			String text = new AuditRecord(i, java.time.Instant.EPOCH.plusSeconds(i),
					new AuditEntry(Kind.EVENT, "", Actor.SERVICE, "", "added", "target " + i, "", Map.of()))
				.text();
			this.records.add(text);
			this.leaves.add(AuditRecord.leaf(text));
			frontier.add(AuditRecord.leaf(text));
			if (i == 9 || i == 19) {
				this.checkpoints.add(new Checkpoint("log", i + 1, frontier.root()).sign(KEY).encoded());
			}
		}
	}

	@Test
	void whatWasRecordedFits() throws Exception {
		assertVerdict(0, "fits: 20 records of a log of 20, none missing from record 0 on");
	}

	@Test
	void selectionFits() throws Exception {
		this.records.subList(3, 9).clear();
		this.completeFrom = -1;
		assertVerdict(0, "fits: 14 records of a log of 20, a selection");
	}

	@Test
	void changedRecordIsNamed() throws Exception {
		this.records.set(12, this.records.get(12).replace("target 12", "target 13"));
		assertVerdict(1, "record 12 was changed");
	}

	@Test
	void recordThatIsNotCanonicalIsNamed() throws Exception {
		this.records.set(12, this.records.get(12).replace("\"outcome\":\"\"", "\"outcome\": \"\""));
		assertVerdict(1, "what should be record 12 or a later one was changed");
	}

	@Test
	void deletedRecordIsNamed() throws Exception {
		this.records.remove(12);
		assertVerdict(1, "record 12 is missing");
	}

	@Test
	void exchangedRecordsAreNamed() throws Exception {
		java.util.Collections.swap(this.records, 12, 13);
		assertVerdict(1, "record 12 is");
	}

	@Test
	void addedRecordIsNamed() throws Exception {
		this.records.add(this.records.getLast().replace("\"seq\":19", "\"seq\":20"));
		assertVerdict(1, "record 20 is not in the log");
	}

	@Test
	void changedHashIsFoundBetweenItsCheckpoints() throws Exception {
		this.records.set(12, this.records.get(12).replace("target 12", "target 13"));
		this.leaves.set(12, AuditRecord.leaf(this.records.get(12)));
		assertVerdict(1, "the hashes of records 10 to 19 are not those of the checkpoint of 20");
	}

	@Test
	void shortenedLogNeedsAnotherCheckpoint() throws Exception {
		this.leaves.removeLast();
		this.records.removeLast();
		assertVerdict(1, "the hash of record 19 is missing");
		this.checkpoints.set(1, this.checkpoints.get(1).replace("\n20\n", "\n19\n"));
		assertVerdict(1, "the checkpoint of 19 records is not signed by a trusted key");
	}

	@Test
	void forgottenRecordsNeedARecordOfThat() throws Exception {
		this.records.subList(0, 5).clear();
		this.completeFrom = 5;
		assertVerdict(1, "records 0 to 4 are missing, and no retention has recorded that");
	}

	@Test
	void whatCannotBeCheckedIsNeitherGoodNorBad() throws Exception {
		Path bundle = write();
		assertThat(run(bundle.toString(), "--key", "rubbish")).startsWith("2 ").contains("NAME+ID+BASE64");
		assertThat(run(bundle.toString())).startsWith("2 ").contains("needs a bundle and a key");
		assertThat(run(this.directory.resolve("nothing").toString(), "--key", KEY.verifier().toString()))
			.startsWith("2 ");
		Path rubbish = Files.writeString(this.directory.resolve("rubbish"), "PK");
		assertThat(run(rubbish.toString(), "--key", KEY.verifier().toString())).startsWith("1 ")
			.contains("is not an evidence bundle");
	}

	private void assertVerdict(int status, String sentence) throws Exception {
		Path key = Files.writeString(this.directory.resolve("key"), KEY.verifier() + "\n");
		assertThat(run(write().toString(), "--key", key.toString())).startsWith(status + " ").contains(sentence);
	}

	private static String run(String... arguments) {
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
		return VerifyBundle.run(arguments, stream, stream) + " " + output.toString(StandardCharsets.UTF_8);
	}

	private Path write() throws Exception {
		Path bundle = this.directory.resolve("bundle.zip");
		try (OutputStream output = Files.newOutputStream(bundle)) {
			Bundle.write(new Evidence() {

				@Override
				public List<String> checkpoints() {
					return VerifyBundleTests.this.checkpoints;
				}

				@Override
				public List<String> rotations() {
					return List.of();
				}

				@Override
				public Iterator<Hash> leaves() {
					return VerifyBundleTests.this.leaves.iterator();
				}

				@Override
				public Iterator<String> records() {
					return VerifyBundleTests.this.records.iterator();
				}

				@Override
				public long completeFrom() {
					return VerifyBundleTests.this.completeFrom;
				}

			}, output);
		}
		return bundle;
	}

}
