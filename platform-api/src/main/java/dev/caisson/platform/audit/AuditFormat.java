package dev.caisson.platform.audit;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.CanonicalJson;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.server.BadParameterException;
import org.jspecify.annotations.Nullable;

/** The forms in which a page of the log is given out. */
enum AuditFormat {

	JSON("application/json"),

	/** A record a line, as it is hashed. */
	NDJSON("application/x-ndjson") {

		@Override
		String write(List<String> texts, @Nullable String next) {
			return lines(texts);
		}

	},

	/** RFC 4180. */
	CSV("text/csv") {

		@Override
		String write(List<String> texts, @Nullable String next) {
			StringBuilder table = new StringBuilder(
					"seq,time,kind,outcome,actor,action,target,source,request,details\r\n");
			texts.forEach((text) -> table.append(row(AuditRecord.parse(text))).append("\r\n"));
			return table.toString();
		}

	},

	/**
	 * The class API Activity of the Open Cybersecurity Schema Framework, an event a line.
	 */
	OCSF("application/x-ndjson") {

		@Override
		String write(List<String> texts, @Nullable String next) {
			return lines(texts.stream().map((text) -> CanonicalJson.write(event(AuditRecord.parse(text)))).toList());
		}

	};

	/** Of OCSF: category Application Activity, class API Activity. */
	private static final int CATEGORY = 6, CLASS = 6003;

	private final String mediaType;

	AuditFormat(String mediaType) {
		this.mediaType = mediaType;
	}

	static AuditFormat parse(String word) {
		for (AuditFormat format : values()) {
			if (format.name().equalsIgnoreCase(word)) {
				return format;
			}
		}
		throw new BadParameterException("unknown format " + word + ": use json, ndjson, csv or ocsf");
	}

	String mediaType() {
		return this.mediaType + ";charset=UTF-8";
	}

	/**
	 * Writes a page.
	 * @param next where the next one is; null if this is the last
	 */
	String write(List<String> texts, @Nullable String next) {
		return "{\"records\":[" + String.join(",", texts) + "],\"next\":" + CanonicalJson.write(next) + "}\n";
	}

	private static String lines(List<String> texts) {
		return texts.stream().map((text) -> text + "\n").collect(Collectors.joining());
	}

	private static String row(AuditRecord record) {
		AuditEntry entry = record.entry();
		return List
			.of(Long.toString(record.sequence()), record.time().toString(), entry.kind().word(), entry.outcome(),
					entry.actor().name(), entry.action(), entry.target(), entry.source(), entry.request(),
					CanonicalJson.write(entry.details()))
			.stream()
			.map(AuditFormat::cell)
			.collect(Collectors.joining(","));
	}

	/** A spreadsheet would take what begins like this for a formula. */
	private static String cell(String text) {
		String harmless = text.isEmpty() || "=+-@\t\r".indexOf(text.charAt(0)) < 0 ? text : "'" + text;
		return "\"" + harmless.replace("\"", "\"\"") + "\"";
	}

	private static Map<String, @Nullable Object> event(AuditRecord record) {
		AuditEntry entry = record.entry();
		int activity = activity(entry.action());
		Map<String, @Nullable Object> event = new TreeMap<>();
		event.put("category_uid", CATEGORY);
		event.put("class_uid", CLASS);
		event.put("activity_id", activity);
		event.put("type_uid", CLASS * 100 + activity);
		event.put("severity_id", 1);
		event.put("status_id", switch (entry.outcome()) {
			case AuditEntry.SUCCESS -> 1;
			case AuditEntry.FAILURE, AuditEntry.DENIED -> 2;
			default -> 0;
		});
		event.put("time", record.time().toEpochMilli());
		event.put("actor", Map.of("user", user(entry)));
		event.put("api", Map.of("operation", entry.action(), "request", Map.of("uid", entry.request())));
		event.put("src_endpoint", Map.of("name", entry.source()));
		event.put("resources", List.of(Map.of("name", entry.target())));
		event.put("metadata",
				Map.of("version", "1.4.0", "uid", Long.toString(record.sequence()), "sequence", record.sequence(),
						"product",
						Map.of("name", "Caisson", "vendor_name", "Caisson", "version", CaissonSettings.version())));
		event.put("unmapped",
				Map.of("kind", entry.kind().word(), "outcome", entry.outcome(), "details", entry.details()));
		return event;
	}

	private static Map<String, Object> user(AuditEntry entry) {
		Map<String, Object> user = new TreeMap<>();
		user.put("name", entry.actor().name());
		Object uid = entry.actor().facts().get("uid");
		if (uid != null) {
			user.put("uid", uid.toString());
		}
		return user;
	}

	/** Of OCSF: 1 create, 2 read, 3 update, 4 delete, 99 other. */
	private static int activity(String action) {
		return switch (action.split(" ")[0]) {
			case "POST" -> action.endsWith("/create") ? 1 : 3;
			case "GET", "HEAD" -> 2;
			case "PUT", "PATCH" -> 3;
			case "DELETE" -> 4;
			default -> 99;
		};
	}

}
