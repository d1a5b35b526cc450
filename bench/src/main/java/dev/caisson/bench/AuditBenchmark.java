package dev.caisson.bench;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.zaxxer.hikari.HikariDataSource;
import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;
import dev.caisson.persistence.audit.bundle.Bundle;
import dev.caisson.persistence.audit.bundle.EvidenceCheck;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.audit.log.AuditQuery;
import dev.caisson.persistence.audit.log.AuditSettings;
import org.flywaydb.core.Flyway;

/**
 * The audit log on H2: how long a record takes until it is acknowledged, a page, a check.
 */
final class AuditBenchmark {

	private static final int WARM_UP = 3000, PAGES = 20, SYNCED = 300;

	private AuditBenchmark() {
	}

	static void main(String[] args) throws Exception {
		int records = (args.length == 2 && args[0].equals("--records")) ? Integer.parseInt(args[1]) : 100_000;
		Path directory = Files.createTempDirectory("caisson-bench");
		try (HikariDataSource source = database(directory)) {
			try (AuditLog log = AuditLog.open(source, AuditSettings.below(directory.resolve("audit")))) {
				append(log, WARM_UP, "");
				append(log, records, records + " records, each acknowledged");
				pages(log);
				verify(log, directory.resolve("bundle.zip"));
			}
			AuditSettings synced = new AuditSettings(directory.resolve("audit"), true, Duration.ofMinutes(1),
					Duration.ZERO, 0, false, java.time.Clock.systemUTC());
			try (AuditLog log = AuditLog.open(source, synced)) {
				append(log, SYNCED, SYNCED + " records with fsync");
			}
		}
		finally {
			Processes.run(List.of("rm", "-rf", directory.toString()));
		}
	}

	private static HikariDataSource database(Path directory) {
		HikariDataSource source = new HikariDataSource();
		source.setJdbcUrl("jdbc:h2:file:" + directory.resolve("db") + ";WRITE_DELAY=0;RETENTION_TIME=10000");
		source.setUsername("sa");
		source.setPassword("");
		source.setMaximumPoolSize(4);
		Flyway.configure().dataSource(source).load().migrate();
		return source;
	}

	private static void append(AuditLog log, int count, String what) {
		Samples samples = new Samples();
		long begin = System.nanoTime();
		for (int i = 0; i < count; i++) {
			AuditEntry entry = entry(i);
			long before = System.nanoTime();
			log.append(entry);
			samples.add(System.nanoTime() - before);
			pace(log, i);
		}
		if (!what.isEmpty()) {
			System.out.printf("%-44s median %.3f ms, p99 %.3f ms, %.0f a second with the database%n", what,
					samples.median(), samples.percentile(99), count * 1e9 / (System.nanoTime() - begin));
		}
	}

	/**
	 * More than the database can take would wait for it: it gets the time, unmeasured.
	 */
	private static void pace(AuditLog log, int count) {
		if (count % 5000 == 4999) {
			log.texts(new AuditQuery(Map.of(), null, null, "", -1, 1));
		}
	}

	private static AuditEntry entry(int number) {
		return new AuditEntry(Kind.INTENT, "request-" + number / 2,
				new Actor((number % 1000 == 0) ? "rare" : "user" + number % 7,
						Map.of("uid", number % 7, "auth", "unix-peer", "executable", "/usr/bin/docker", "pid", number)),
				"unix", "POST /containers/{reference}/" + List.of("start", "stop", "kill").get(number % 3),
				"containers/" + "0".repeat(50) + "%014d".formatted(number % 5000),
				(number % 50 == 0) ? "failure" : "success",
				Map.of("path", "/containers/web-" + number + "/start", "status", 204, "micros", number));
	}

	private static void pages(AuditLog log) {
		page(log, "page of 100, newest", new AuditQuery(Map.of(), null, null, "", -1, 100));
		page(log, "page of 100, from the middle", new AuditQuery(Map.of(), null, null, "", log.size() / 2, 100));
		page(log, "page of 100, by actor", new AuditQuery(Map.of("actor", "rare"), null, null, "", -1, 100));
		page(log, "page of 100, by action and outcome", new AuditQuery(
				Map.of("action", "POST /containers/{reference}/stop", "outcome", "failure"), null, null, "", -1, 100));
		page(log, "page of 100, by target",
				new AuditQuery(Map.of("target", "containers/" + "0".repeat(60) + "0017"), null, null, "", -1, 100));
		page(log, "page of 100, of the last minute",
				new AuditQuery(Map.of(), Instant.now().minusSeconds(60), null, "", -1, 100));
		page(log, "page of 100, by text that is everywhere", new AuditQuery(Map.of(), null, null, "web-", -1, 100));
		page(log, "page of 100, by text of one record", new AuditQuery(Map.of(), null, null, "web-777/", -1, 100));
	}

	private static void page(AuditLog log, String what, AuditQuery query) {
		Samples samples = new Samples();
		int found = 0;
		for (int i = 0; i < PAGES; i++) {
			long before = System.nanoTime();
			found = log.texts(query).size();
			samples.add(System.nanoTime() - before);
		}
		System.out.printf("%-44s median %.1f ms, slowest %.1f ms (%d records)%n", what, samples.median(),
				samples.percentile(100), found);
	}

	private static void verify(AuditLog log, Path bundle) throws Exception {
		long before = System.nanoTime();
		EvidenceCheck.Result result = log.verify();
		System.out.printf("%-44s %.2f s (%d records)%n", "full verification of the database",
				(System.nanoTime() - before) / 1e9, result.records());
		try (OutputStream output = Files.newOutputStream(bundle)) {
			log.export(output);
		}
		before = System.nanoTime();
		try (Bundle opened = Bundle.open(bundle)) {
			EvidenceCheck.check(opened, log.key());
		}
		System.out.printf("%-44s %.2f s, %.1f MB%n", "full verification of a bundle",
				(System.nanoTime() - before) / 1e9, Files.size(bundle) / 1e6);
	}

}
