package dev.caisson.platform.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.caisson.platform.CaissonSettings;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.stereotype.Component;

/**
 * Replaces secrets by digests that only this host can make: two equal secrets are seen to
 * be equal, and no list of likely passwords can be tried without the key. Values of
 * environment variables and of build arguments always count as secrets, others by the
 * name they go by.
 */
@Component
final class Redaction {

	/** Of a header, field, option or variable; an author is none. */
	private static final Pattern SECRET = Pattern
		.compile("(?i).*(passw|secret|token|credential|auth(?!or)|api[-_]?key|private[-_]?key|cookie).*");

	private static final Pattern ASSIGNMENT = Pattern.compile("(?s)(-{0,2}[\\w.-]{1,100})=(.*)");

	private static final Set<String> ALWAYS = Set.of("env", "buildargs");

	/** A shorter one would be found everywhere in a message. */
	private static final int SHORTEST_IN_TEXT = 4;

	private static final int KEY_BYTES = 32, DIGEST_CHARACTERS = 32;

	private final Path keyFile;

	private @Nullable SecretKeySpec key;

	Redaction(CaissonSettings settings) {
		this.keyFile = settings.dataRoot().resolve("audit").resolve("redaction.key");
	}

	static boolean isSecret(String name) {
		return SECRET.matcher(name).matches();
	}

	/**
	 * What was replaced in one request, so that it is also replaced in its error message.
	 */
	final class Pass {

		private final Set<String> secrets = new HashSet<>();

		private final boolean dataIsSecret;

		Pass(boolean dataIsSecret) {
			this.dataIsSecret = dataIsSecret;
		}

		/** A value as a record can hold it. */
		@Nullable Object value(String name, JsonNode node) {
			boolean secret = isSecret(name) || (this.dataIsSecret && name.equalsIgnoreCase("data"));
			if (ALWAYS.contains(name.toLowerCase(java.util.Locale.ROOT))) {
				return assignments(node);
			}
			return value(node, secret);
		}

		private @Nullable Object value(JsonNode node, boolean secret) {
			if (node.isObject()) {
				Map<String, @Nullable Object> members = new TreeMap<>();
				node.properties()
					.forEach((each) -> members.put(each.getKey(),
							secret ? value(each.getValue(), true) : value(each.getKey(), each.getValue())));
				return members;
			}
			if (node.isArray()) {
				return elements(node, secret);
			}
			return scalar(node, secret);
		}

		private List<@Nullable Object> elements(JsonNode array, boolean secret) {
			List<@Nullable Object> elements = new ArrayList<>();
			boolean next = false;
			for (JsonNode element : array) {
				if (element.isString() && !secret && !next) {
					elements.add(argument(element.stringValue()));
				}
				else {
					elements.add(value(element, secret || next));
				}
				// --password VALUE
				next = element.isString() && element.stringValue().startsWith("-")
						&& element.stringValue().indexOf('=') < 0 && isSecret(element.stringValue());
			}
			return elements;
		}

		private @Nullable Object scalar(JsonNode node, boolean secret) {
			if (node.isNull()) {
				return null;
			}
			if (node.isBoolean()) {
				return node.booleanValue();
			}
			if (node.isIntegralNumber() && node.canConvertToLong()) {
				return node.longValue();
			}
			return secret ? digest(node.asString()) : node.asString();
		}

		/** {@code --password=VALUE} */
		private String argument(String text) {
			Matcher assignment = ASSIGNMENT.matcher(text);
			return (assignment.matches() && isSecret(assignment.group(1)))
					? assignment.group(1) + "=" + digest(assignment.group(2)) : text;
		}

		/** {@code ["NAME=VALUE"]} or {@code {"NAME": "VALUE"}}, all of them secret. */
		private Object assignments(JsonNode node) {
			if (node.isArray()) {
				List<Object> elements = new ArrayList<>();
				node.forEach((each) -> elements.add(assignment(each.asString(""))));
				return elements;
			}
			Object value = value(node, true);
			return (value != null) ? value : "";
		}

		private String assignment(String text) {
			int equals = text.indexOf('=');
			return (equals < 0) ? text : text.substring(0, equals + 1) + digest(text.substring(equals + 1));
		}

		String digest(String secret) {
			if (secret.length() >= SHORTEST_IN_TEXT) {
				this.secrets.add(secret);
			}
			return secret.isEmpty() ? "" : mac(secret);
		}

		/** A message without the secrets that were met. */
		String text(String message) {
			String clean = message;
			for (String secret : this.secrets) {
				clean = clean.contains(secret) ? clean.replace(secret, mac(secret)) : clean;
			}
			return clean;
		}

	}

	private String mac(String secret) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(key());
			byte[] digest = mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
			return "hmac-sha256:" + HexFormat.of().formatHex(digest).substring(0, DIGEST_CHARACTERS);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("every JDK has HmacSHA256", ex);
		}
	}

	private synchronized SecretKeySpec key() {
		if (this.key == null) {
			try {
				this.key = new SecretKeySpec(Files.exists(this.keyFile) ? Files.readAllBytes(this.keyFile) : makeKey(),
						"HmacSHA256");
			}
			catch (IOException ex) {
				throw new UncheckedIOException("use " + this.keyFile, ex);
			}
		}
		return this.key;
	}

	private byte[] makeKey() throws IOException {
		byte[] bytes = new byte[KEY_BYTES];
		new SecureRandom().nextBytes(bytes);
		Files.createDirectories(this.keyFile.getParent());
		Files.deleteIfExists(this.keyFile.resolveSibling("redaction.key.new"));
		Path fresh = Files.createFile(this.keyFile.resolveSibling("redaction.key.new"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		Files.write(fresh, bytes);
		Files.move(fresh, this.keyFile, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
		return bytes;
	}

}
