package dev.caisson.persistence.audit.log;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

import dev.caisson.persistence.TestDatabase;
import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;

/**
 * A process that adds records until it is killed and prints the number of each that it
 * was acknowledged.
 */
public final class AuditProcess {

	private AuditProcess() {
	}

	public static void main(String[] args) {
		AuditLog log = AuditLog.open(TestDatabase.H2.open(Path.of(args[0])),
				AuditSettings.below(Path.of(args[0]).resolve("audit")));
		PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		while (true) {
			answers.println(log
				.append(new AuditEntry(Kind.EVENT, "", Actor.SERVICE, "", "added", "", "", Map.of("by", args[1])))
				.sequence());
		}
	}

}
