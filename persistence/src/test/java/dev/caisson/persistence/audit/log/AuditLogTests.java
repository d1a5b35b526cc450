package dev.caisson.persistence.audit.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;

import com.zaxxer.hikari.HikariDataSource;
import dev.caisson.persistence.TestDatabase;
import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;
import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.bundle.Bundle;
import dev.caisson.persistence.audit.bundle.EvidenceCheck;
import dev.caisson.persistence.audit.bundle.EvidenceMisfitException;
import dev.caisson.persistence.merkle.Hash;
import dev.caisson.persistence.merkle.Proofs;
import dev.caisson.persistence.note.Checkpoint;
import dev.caisson.persistence.note.SignedNote;
import dev.caisson.persistence.note.VerifierKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class AuditLogTests {

	private static final int MANY = 600;

	@Parameter
	TestDatabase database;

	@TempDir
	private Path directory;

	private HikariDataSource source;

	private Instant now = Instant.parse("2026-03-04T05:06:07Z");

	@BeforeEach
	void open() {
		this.source = this.database.open(this.directory);
	}

	@AfterEach
	void close() {
		if (this.database == TestDatabase.H2) {
			new JdbcTemplate(this.source).execute("shutdown");
		}
		this.source.close();
	}

	@Test
	void recordsAreNumberedWithoutGapsWhoeverAddsThem() {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			List<AuditRecord> added = java.util.Collections.synchronizedList(new ArrayList<>());
			try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
				for (int i = 0; i < MANY; i++) {
					String target = "target " + i;
					threads.execute(() -> added.add(log.append(entry(target))));
				}
			}
			assertThat(added).extracting(AuditRecord::sequence)
				.containsExactlyInAnyOrderElementsOf(LongStream.range(0, MANY).boxed().toList());
			assertThat(log.find(query(Map.of("target", "target 17")))).singleElement()
				.isEqualTo(
						added.stream().filter((each) -> each.entry().target().equals("target 17")).findFirst().get());
			assertThat(log.verify().records()).isEqualTo(MANY);
		}
	}

	@Test
	void pagesFollowEachOtherAndFiltersHold() {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			add(log, 100);
			List<AuditRecord> first = log.find(new AuditQuery(Map.of(), null, null, "", -1, 30));
			assertThat(first).extracting(AuditRecord::sequence).startsWith(99L, 98L).hasSize(30).endsWith(70L);
			assertThat(log.find(new AuditQuery(Map.of(), null, null, "", 70, 30))).extracting(AuditRecord::sequence)
				.startsWith(69L);
			assertThat(log.find(new AuditQuery(Map.of("actor", "root", "outcome", ""), null, null, "", -1, 500)))
				.hasSize(100);
			assertThat(log.find(query(Map.of("actor", "nobody")))).isEmpty();
			assertThat(log.find(new AuditQuery(Map.of(), this.now.minusSeconds(2), this.now, "", -1, 500)))
				.extracting(AuditRecord::sequence)
				.containsExactly(98L, 97L);
			assertThat(log.find(new AuditQuery(Map.of(), null, null, "target 4\"", -1, 500))).hasSize(1);
			assertThat(log.find(new AuditQuery(Map.of(), null, null, "%", -1, 500))).isEmpty();
		}
	}

	@Test
	void proofsHoldAgainstCheckpoints() {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			add(log, 300);
			Checkpoint older = checkpoint(log);
			add(log, 300);
			Checkpoint newer = checkpoint(log);
			assertThat(newer.size()).isEqualTo(600);
			for (long sequence : new long[] { 0, 255, 256, 299, 511, 512, 599 }) {
				List<Hash> proof = log.inclusion(sequence, newer.size());
				assertThat(Proofs.includes(log.leaf(sequence), sequence, newer.size(), proof, newer.root())).isTrue();
			}
			assertThat(Proofs.consistent(older.size(), older.root(), newer.size(), newer.root(),
					log.consistency(older.size(), newer.size())))
				.isTrue();
		}
	}

	@Test
	void reopenedLogGoesOn() throws IOException {
		for (int round = 0; round < 4; round++) {
			try (AuditLog log = AuditLog.open(this.source, settings())) {
				assertThat(log.size()).isEqualTo(round * 100);
				add(log, 100);
			}
		}
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			assertThat(log.verify()).extracting(EvidenceCheck.Result::records, EvidenceCheck.Result::checkpoints)
				.containsExactly(400L, 4);
		}
		for (String name : List.of("signing.key", "journal.0", "journal.1", "checkpoint")) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(audit().resolve(name)))).as(name)
				.isEqualTo("rw-------");
		}
	}

	@Test
	void changedRecordIsNamed() throws IOException {
		assertNames(300, "update audit_record set body = replace(body, 'target 300', 'target 3OO') where seq = 300",
				"record 300 was changed");
	}

	@Test
	void changedColumnIsNamed() throws IOException {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			add(log, MANY);
			log.checkpoint();
			new JdbcTemplate(this.source).update("update audit_record set actor = 'nobody' where seq = 300");
			assertThatExceptionOfType(EvidenceMisfitException.class).isThrownBy(log::verify)
				.withMessageContaining("record 300 was changed: its columns")
				.satisfies((ex) -> assertThat(ex.record()).isEqualTo(300));
		}
	}

	@Test
	void deletedRecordIsNamed() throws IOException {
		assertNames(123, "delete from audit_record where seq = 123", "record 123 is missing");
	}

	@Test
	void deletedFirstRecordsAreNamed() throws IOException {
		assertNames(0, "delete from audit_record where seq < 256", "record 0 is missing");
	}

	@Test
	void exchangedRecordsAreNamed() throws IOException {
		assertNames(10, "update audit_record set seq = case seq when 10 then -20 when 20 then -10 else seq end",
				"record 10 was changed");
	}

	@Test
	void changedRecordWithItsHashIsFound() throws IOException {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			add(log, 300);
			log.checkpoint();
			add(log, 300);
			JdbcTemplate jdbc = new JdbcTemplate(this.source);
			String changed = jdbc.queryForObject("select body from audit_record where seq = 5", String.class)
				.replace("target 5", "target 6");
			String hashes = jdbc.queryForObject("select hashes from audit_tile where tile_index = 0", String.class);
			jdbc.update("update audit_record set body = ?, target = 'target 6' where seq = 5", changed);
			jdbc.update("update audit_tile set hashes = ? where tile_index = 0",
					hashes.substring(0, 5 * 64) + AuditRecord.leaf(changed).hex() + hashes.substring(6 * 64));
			assertThatExceptionOfType(EvidenceMisfitException.class).isThrownBy(log::verify)
				.withMessageContaining("the hashes of records 0 to 299 are not those of the checkpoint of 300");
		}
	}

	@Test
	void addedRecordIsNamed() {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			add(log, 20);
			log.checkpoint();
			forge(20);
			assertThatExceptionOfType(EvidenceMisfitException.class).isThrownBy(log::verify)
				.withMessageContaining("record 20 is in the database but was never recorded");
		}
	}

	@Test
	void recordAddedWhileNothingRanIsNamed() {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			add(log, 20);
		}
		forge(20);
		assertThatExceptionOfType(AuditDamagedException.class).isThrownBy(() -> AuditLog.open(this.source, settings()))
			.withMessageContaining("record 20 in the database is not the one that was recorded");
	}

	@Test
	void shortenedOrChangedLogIsRefusedUnlessAccepted() {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			add(log, 20);
		}
		new JdbcTemplate(this.source).update("delete from audit_record where seq >= 15");
		new JdbcTemplate(this.source).update("delete from audit_checkpoint");
		assertThatExceptionOfType(AuditDamagedException.class).isThrownBy(() -> AuditLog.open(this.source, settings()))
			.withMessageContaining("records 15 to 19 are missing");
		AuditSettings accepting = new AuditSettings(audit(), false, Duration.ofMinutes(1), Duration.ZERO, 0, true,
				Clock.systemUTC());
		try (AuditLog log = AuditLog.open(this.source, accepting)) {
			assertThat(log.find(query(Map.of("action", "audit.damage.accepted")))).singleElement()
				.satisfies((record) -> assertThat(record.text()).contains("records 15 to 19 are missing"));
			assertThat(log.verify().records()).isEqualTo(16);
		}
		AuditLog.open(this.source, settings()).close();
	}

	@Test
	void clockThatIsSetBackIsRecorded() {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			add(log, 3);
			this.now = this.now.minus(Duration.ofHours(1));
			add(log, 1);
			assertThat(log.find(query(Map.of("action", "clock.set-back")))).singleElement()
				.satisfies((record) -> assertThat(record.sequence()).isEqualTo(3));
			assertThat(log.verify().records()).isEqualTo(5);
		}
	}

	@Test
	void retentionForgetsWholeTilesAndKeepsProofs() {
		AuditSettings short1 = new AuditSettings(audit(), false, Duration.ofMinutes(1), Duration.ofSeconds(200), 0,
				false, clock());
		try (AuditLog log = AuditLog.open(this.source, short1)) {
			add(log, MANY);
			Checkpoint checkpoint = checkpoint(log);
			log.applyRetention();
			EvidenceCheck.Result result = log.verify();
			assertThat(result.from()).isEqualTo(256);
			assertThat(result.records()).isEqualTo(MANY + 1 - 256);
			assertThat(Proofs.includes(log.leaf(7), 7, checkpoint.size(), log.inclusion(7, checkpoint.size()),
					checkpoint.root()))
				.isTrue();
			new JdbcTemplate(this.source).update("delete from audit_record where seq < 300");
			assertThatExceptionOfType(EvidenceMisfitException.class).isThrownBy(log::verify)
				.withMessageContaining("record 256 is missing");
		}
	}

	@Test
	void retentionBySizeKeepsTheNewest() {
		AuditSettings small = new AuditSettings(audit(), false, Duration.ofMinutes(1), Duration.ZERO, 60_000, false,
				clock());
		try (AuditLog log = AuditLog.open(this.source, small)) {
			add(log, MANY);
			log.applyRetention();
			assertThat(log.verify().from()).isPositive();
			assertThat(log.find(query(Map.of()))).extracting(AuditRecord::sequence).startsWith((long) MANY);
		}
	}

	@Test
	void keyThatTookOverIsTrustedByWhoTrustedTheFirst() throws IOException {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			VerifierKey first = log.key();
			add(log, 5);
			log.checkpoint();
			VerifierKey second = log.rotateKey();
			assertThat(SignedNote.parse(log.checkpoint()).isSignedBy(first)).isTrue();
			add(log, 5);
			assertThat(SignedNote.parse(log.checkpoint()).isSignedBy(first)).isFalse();
			Path bundle = export(log);
			for (VerifierKey key : List.of(first, second)) {
				try (Bundle opened = Bundle.open(bundle)) {
					assertThat(EvidenceCheck.check(opened, key).records()).isEqualTo(11);
				}
			}
			try (Bundle opened = Bundle.open(bundle)) {
				assertThatExceptionOfType(EvidenceMisfitException.class)
					.isThrownBy(() -> EvidenceCheck.check(opened,
							dev.caisson.persistence.note.SigningKey.generate(first.name()).verifier()))
					.withMessageContaining("no checkpoint is signed by the key");
			}
		}
	}

	@Test
	void checkpointComesByItself() throws InterruptedException {
		AuditSettings often = new AuditSettings(audit(), false, Duration.ofMillis(100), Duration.ZERO, 0, false,
				clock());
		try (AuditLog log = AuditLog.open(this.source, often)) {
			List<String> told = new java.util.concurrent.CopyOnWriteArrayList<>();
			log.onCheckpoint(told::add);
			add(log, 5);
			for (int i = 0; i < 200 && told.isEmpty(); i++) {
				Thread.sleep(100);
			}
			assertThat(told).isNotEmpty();
			assertThat(audit().resolve("checkpoint")).content().isEqualTo(told.getLast());
		}
	}

	@Test
	void longJournalIsFreedAndNothingIsLost() {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			for (int i = 0; i < 70; i++) {
				log.append(new AuditEntry(Kind.EVENT, "", Actor.SERVICE, "", "large", "", "",
						Map.of("text", "x".repeat(50_000))));
			}
			assertThat(log.verify().records()).isEqualTo(70);
			assertThat(audit().resolve("journal.0").toFile().length() + audit().resolve("journal.1").toFile().length())
				.isLessThan(70 * 50_000);
		}
	}

	private void assertNames(long record, String tampering, String message) throws IOException {
		try (AuditLog log = AuditLog.open(this.source, settings())) {
			add(log, MANY);
			log.checkpoint();
			assertThat(log.verify().records()).isEqualTo(MANY);
			if (tampering.contains("-20")) {
				new JdbcTemplate(this.source).update(tampering);
				new JdbcTemplate(this.source).update("update audit_record set seq = -seq where seq < 0");
			}
			else {
				new JdbcTemplate(this.source).update(tampering);
			}
			assertThatExceptionOfType(EvidenceMisfitException.class).isThrownBy(log::verify)
				.withMessageContaining(message)
				.satisfies((ex) -> assertThat(ex.record()).isEqualTo(record));
		}
	}

	private Path export(AuditLog log) throws IOException {
		Path bundle = this.directory.resolve("bundle.zip");
		try (OutputStream output = Files.newOutputStream(bundle)) {
			log.export(output);
		}
		return bundle;
	}

	private void forge(long sequence) {
		AuditRecord forged = new AuditRecord(sequence, this.now, entry("forged"));
		new AuditStore(this.source).add(List.of(new AuditStore.Row(forged, forged.text())), List.of());
	}

	private void add(AuditLog log, int count) {
		for (int i = 0; i < count; i++) {
			this.now = this.now.plusSeconds(1);
			log.append(entry("target " + log.size()));
		}
	}

	private static AuditEntry entry(String target) {
		return new AuditEntry(Kind.INTENT, "request", new Actor("root", Map.of("uid", 0L)), "unix", "POST /x", target,
				"", Map.of());
	}

	private static Checkpoint checkpoint(AuditLog log) {
		return Checkpoint.parse(SignedNote.parse(log.checkpoint()).text());
	}

	private static AuditQuery query(Map<String, String> equal) {
		return new AuditQuery(equal, null, null, "", -1, 100);
	}

	private Path audit() {
		return this.directory.resolve("audit");
	}

	private AuditSettings settings() {
		return new AuditSettings(audit(), false, Duration.ofMinutes(1), Duration.ZERO, 0, false, clock());
	}

	/** Shows what the test says. */
	private Clock clock() {
		return new Clock() {

			@Override
			public Instant instant() {
				return AuditLogTests.this.now;
			}

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

		};
	}

}
