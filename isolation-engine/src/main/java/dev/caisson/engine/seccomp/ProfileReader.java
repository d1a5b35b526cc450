package dev.caisson.engine.seccomp;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import dev.caisson.engine.seccomp.SeccompRule.ArgumentTest;
import dev.caisson.engine.seccomp.SeccompRule.Condition;
import dev.caisson.engine.seccomp.SeccompRule.Operator;
import dev.caisson.engine.spec.Capability;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads a profile in Docker's JSON form and refuses what could not be meant. */
final class ProfileReader {

	/** Of asm-generic/errno-base.h: EPERM, which Docker answers when nothing is said. */
	private static final int EPERM = 1;

	/** Of linux/seccomp.h: SECCOMP_RET_DATA. */
	private static final int LARGEST_DATA = 0xffff;

	private static final int LAST_ARGUMENT = 5;

	private static final String ARCHITECTURE_PREFIX = "SCMP_ARCH_";

	private static final Set<String> ARCHITECTURES = Set.of("X86", "X86_64", "X32", "ARM", "AARCH64", "MIPS", "MIPS64",
			"MIPS64N32", "MIPSEL", "MIPSEL64", "MIPSEL64N32", "PPC", "PPC64", "PPC64LE", "S390", "S390X", "PARISC",
			"PARISC64", "RISCV64", "LOONGARCH64", "M68K", "SH", "SHEB");

	private static final JsonMapper MAPPER = new JsonMapper();

	private final String json;

	ProfileReader(String json) {
		this.json = json;
	}

	SeccompProfile read() {
		JsonPlace root = root();
		refuseListener(root);
		SeccompAction action = action(root, "defaultAction");
		int errno = root.member("defaultErrnoRet").map((place) -> place.number(LARGEST_DATA)).orElse(EPERM);
		List<SeccompRule> rules = root.elements("syscalls").stream().map(ProfileReader::rule).toList();
		return new SeccompProfile(action, errno, architectures(root), flags(root), rules, digest(this.json));
	}

	private JsonPlace root() {
		try {
			return new JsonPlace(MAPPER.readTree(this.json), "");
		}
		catch (JacksonException ex) {
			throw JsonPlace.refusal("line " + ex.getLocation().getLineNr() + ", column "
					+ ex.getLocation().getColumnNr() + ": " + ex.getOriginalMessage(), ex);
		}
	}

	private static void refuseListener(JsonPlace root) {
		for (String name : List.of("listenerPath", "listenerMetadata")) {
			root.member(name).filter((place) -> !place.node().asString().isEmpty()).ifPresent((place) -> {
				throw place.refusal("is not supported: no agent is asked about system calls");
			});
		}
	}

	private static SeccompAction action(JsonPlace holder, String member) {
		JsonPlace place = holder.member(member).orElseThrow(() -> holder.refusal("has no " + member));
		if (place.text().equals("SCMP_ACT_NOTIFY")) {
			throw place.refusal("is SCMP_ACT_NOTIFY, which is not supported: no agent is asked about system calls");
		}
		return SeccompAction.named(place.text())
			.orElseThrow(() -> place.refusal("is an unknown action: \"" + place.text() + "\""));
	}

	private static Set<String> architectures(JsonPlace root) {
		List<JsonPlace> map = root.elements("archMap");
		List<JsonPlace> plain = root.elements("architectures");
		if (!map.isEmpty() && !plain.isEmpty()) {
			throw JsonPlace.refusal("both 'architectures' and 'archMap' are specified in the seccomp profile, "
					+ "use either 'architectures' or 'archMap'", null);
		}
		Set<String> names = new HashSet<>();
		plain.forEach((place) -> names.add(architecture(place)));
		for (JsonPlace entry : map) {
			JsonPlace main = entry.member("architecture").orElseThrow(() -> entry.refusal("has no architecture"));
			List<String> parts = entry.elements("subArchitectures").stream().map(ProfileReader::architecture).toList();
			architecture(main);
			if (main.text().equals(Machine.host().profileName())) {
				names.addAll(parts);
			}
		}
		return names;
	}

	/** The name that libseccomp has for an architecture. */
	private static String architecture(JsonPlace place) {
		String name = place.text();
		if (!name.startsWith(ARCHITECTURE_PREFIX)
				|| !ARCHITECTURES.contains(name.substring(ARCHITECTURE_PREFIX.length()))) {
			throw place.refusal("is an unknown architecture: \"" + name + "\"");
		}
		return name.substring(ARCHITECTURE_PREFIX.length()).toLowerCase(Locale.ROOT);
	}

	/**
	 * Without flags of its own a profile gets SPEC_ALLOW, as runc does it: whether
	 * speculative stores are slowed down is for the host's administrator to say.
	 */
	private static int flags(JsonPlace root) {
		if (root.member("flags").isEmpty()) {
			return SeccompProfile.FLAG_SPEC_ALLOW;
		}
		int flags = 0;
		for (JsonPlace place : root.elements("flags")) {
			flags |= switch (place.text()) {
				case "SECCOMP_FILTER_FLAG_LOG" -> SeccompProfile.FLAG_LOG;
				case "SECCOMP_FILTER_FLAG_SPEC_ALLOW" -> SeccompProfile.FLAG_SPEC_ALLOW;
				// the process that installs the filter has one thread: nothing to
				// synchronize
				case "SECCOMP_FILTER_FLAG_TSYNC" -> 0;
				default -> throw place.refusal("is an unsupported flag: \"" + place.text() + "\"");
			};
		}
		return flags;
	}

	private static SeccompRule rule(JsonPlace place) {
		return new SeccompRule(names(place), action(place, "action"),
				place.member("errnoRet").map((errno) -> errno.number(LARGEST_DATA)).orElse(EPERM),
				place.elements("args").stream().map(ProfileReader::test).toList(), condition(place, "includes"),
				condition(place, "excludes"));
	}

	private static List<String> names(JsonPlace place) {
		Optional<String> name = place.member("name").map(JsonPlace::text).filter((text) -> !text.isEmpty());
		List<String> names = place.texts("names");
		if (name.isPresent() && !names.isEmpty()) {
			throw place.refusal("has both 'name' and 'names', use either 'name' or 'names'");
		}
		if (name.isEmpty() && names.isEmpty()) {
			throw place.refusal("names no system call");
		}
		return name.map(List::of).orElse(names);
	}

	private static ArgumentTest test(JsonPlace place) {
		int index = place.member("index").map((number) -> number.number(LAST_ARGUMENT)).orElse(0);
		JsonPlace op = place.member("op").orElseThrow(() -> place.refusal("has no op"));
		Operator operator = Arrays.stream(Operator.values())
			.filter((candidate) -> op.text().equals("SCMP_CMP_" + candidate.name()))
			.findFirst()
			.orElseThrow(() -> op.refusal("is an unknown operator: \"" + op.text() + "\""));
		return new ArgumentTest(index, operator, place.member("value").map(JsonPlace::number).orElse(0L),
				place.member("valueTwo").map(JsonPlace::number).orElse(0L));
	}

	private static Condition condition(JsonPlace holder, String member) {
		return holder.member(member).map(ProfileReader::condition).orElse(Condition.NONE);
	}

	private static Condition condition(JsonPlace place) {
		List<Capability> capabilities = place.elements("caps").stream().map(ProfileReader::capability).toList();
		KernelVersion kernel = place.member("minKernel")
			.map((version) -> KernelVersion.parse(version.text())
				.orElseThrow(() -> version.refusal("is not a kernel version: \"" + version.text() + "\"")))
			.orElse(null);
		return new Condition(capabilities, place.texts("arches"), kernel);
	}

	private static Capability capability(JsonPlace place) {
		return Arrays.stream(Capability.values())
			.filter((candidate) -> candidate.name().equals(place.text()))
			.findFirst()
			.orElseThrow(() -> place.refusal("is an unknown capability: \"" + place.text() + "\""));
	}

	static String digest(String text) {
		return digest(text.getBytes(StandardCharsets.UTF_8));
	}

	static String digest(byte[] bytes) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every JDK has SHA-256", ex);
		}
	}

}
