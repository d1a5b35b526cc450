package dev.caisson.platform.audit;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.bundle.EvidenceCheck;
import dev.caisson.persistence.audit.bundle.EvidenceMisfitException;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.audit.log.AuditQuery;
import dev.caisson.persistence.merkle.Hash;
import dev.caisson.platform.server.BadParameterException;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The log, for auditors: pages, checkpoints, proofs, evidence. */
@RestController
@RequestMapping("/api/v1/audit")
final class AuditController {

	private static final int MOST_EXPORTED = 1_000_000;

	private final AuditLog log;

	AuditController(AuditLog log) {
		this.log = log;
	}

	/** The newest first; {@code next} is where older ones are. */
	@GetMapping
	void list(@RequestParam Map<String, String> parameters, HttpServletResponse response) throws IOException {
		AuditFormat format = AuditFormat.parse(parameters.getOrDefault("format", "json"));
		AuditQuery query = AuditParameters.page(parameters);
		List<String> texts = this.log.texts(query);
		String next = (texts.size() == query.limit()) ? next(parameters, texts.getLast()) : null;
		if (next != null) {
			response.setHeader("Link", "<" + next + ">; rel=\"next\"");
		}
		write(response, format.mediaType(), format.write(texts, next));
	}

	private static String next(Map<String, String> parameters, String last) {
		Map<String, String> following = new TreeMap<>(parameters);
		following.put("before", Long.toString(AuditRecord.parse(last).sequence()));
		return "/api/v1/audit?" + following.entrySet()
			.stream()
			.map((each) -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
			.collect(Collectors.joining("&"));
	}

	private static void write(HttpServletResponse response, String type, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		response.setContentType(type);
		response.setContentLength(bytes.length);
		response.getOutputStream().write(bytes);
	}

	/** The newest one; it is signed now if there is news. */
	@GetMapping("/checkpoint")
	void checkpoint(HttpServletResponse response) throws IOException {
		write(response, MediaType.TEXT_PLAIN_VALUE + ";charset=UTF-8", this.log.checkpoint());
	}

	@GetMapping("/key")
	void key(HttpServletResponse response) throws IOException {
		write(response, MediaType.TEXT_PLAIN_VALUE + ";charset=UTF-8", this.log.key() + "\n");
	}

	/** A new key, for which the old one vouches. */
	@PostMapping("/key")
	void rotateKey(HttpServletResponse response) throws IOException {
		write(response, MediaType.TEXT_PLAIN_VALUE + ";charset=UTF-8", this.log.rotateKey() + "\n");
	}

	@GetMapping("/proof/inclusion")
	Map<String, Object> inclusion(@RequestParam Map<String, String> parameters) {
		long record = AuditParameters.number(parameters, "record", -1);
		long size = AuditParameters.number(parameters, "size", this.log.size());
		return proof(() -> this.log.inclusion(record, size), Map.of("record", record, "size", size),
				() -> this.log.leaf(record));
	}

	@GetMapping("/proof/consistency")
	Map<String, Object> consistency(@RequestParam Map<String, String> parameters) {
		long from = AuditParameters.number(parameters, "from", -1);
		long to = AuditParameters.number(parameters, "to", this.log.size());
		return proof(() -> this.log.consistency(from, to), Map.of("from", from, "to", to), null);
	}

	private static Map<String, Object> proof(java.util.function.Supplier<List<Hash>> hashes, Map<String, Object> about,
			java.util.function.@Nullable Supplier<Hash> leaf) {
		try {
			Map<String, Object> answer = new LinkedHashMap<>(about);
			answer.put("proof", hashes.get().stream().map(Hash::hex).toList());
			if (leaf != null) {
				answer.put("leafHash", leaf.get().hex());
			}
			return answer;
		}
		catch (IllegalArgumentException ex) {
			throw new BadParameterException(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Everything, or what a query finds, as a bundle that is checked without this server.
	 */
	@GetMapping("/export")
	void export(@RequestParam Map<String, String> parameters, HttpServletResponse response) throws IOException {
		AuditQuery query = AuditParameters.parse(parameters, MOST_EXPORTED, MOST_EXPORTED);
		response.setContentType("application/zip");
		response.setHeader("Content-Disposition", "attachment; filename=\"caisson-audit.zip\"");
		if (parameters.isEmpty()) {
			this.log.export(response.getOutputStream());
		}
		else {
			this.log.export(query, response.getOutputStream());
		}
	}

	/**
	 * Checks everything that is kept; the server's own word, so no proof for strangers.
	 */
	@GetMapping("/verify")
	Map<String, Object> verify() {
		try {
			EvidenceCheck.Result result = this.log.verify();
			return Map.of("fits", true, "size", result.size(), "records", result.records(), "from", result.from(),
					"checkpoints", result.checkpoints(), "root", result.root().hex());
		}
		catch (EvidenceMisfitException ex) {
			return Map.of("fits", false, "record", ex.record(), "message", String.valueOf(ex.getMessage()));
		}
	}

}
