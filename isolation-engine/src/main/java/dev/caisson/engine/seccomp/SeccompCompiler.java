package dev.caisson.engine.seccomp;

import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.caisson.engine.linux.Libseccomp;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.seccomp.Machine.Abi;
import dev.caisson.engine.seccomp.SeccompRule.ArgumentTest;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.PrivilegeSpec.SeccompChoice;

/**
 * Makes filters of profiles. <pre>
 *   profile, capabilities --- libseccomp ---> program: a list of comparisons
 *   program --- each call asked --------------> what is answered to whom
 *   answers --- ranges, tree, assembler ------> the same as a small tree
 * </pre> The kernel checks and translates a filter, and runs it once for every call, when
 * it is installed: time that each start of a container pays. The tree of ranges takes a
 * tenth of the time that libseccomp's own list takes, and a quarter of its binary tree's.
 * Safe for use by many threads; remembers what it has made.
 */
public final class SeccompCompiler {

	/** Of linux/bpf_common.h: BPF_MAXINSNS. */
	private static final int MOST_INSTRUCTIONS = 4096;

	/** How large a program of libseccomp's is still looked at. */
	private static final int MOST_GENERATED = 2 * MOST_INSTRUCTIONS;

	private static final int MOST_REMEMBERED = 256;

	private final Map<Key, SeccompFilter> remembered = new ConcurrentHashMap<>();

	/**
	 * The filter that a container's choice asks for; empty if it wants none.
	 * @param capabilities its bounding set
	 * @throws InvalidSpecException if the profile is not one or becomes too large
	 */
	public Optional<SeccompFilter> compile(SeccompChoice choice, CapabilitySet capabilities) {
		return switch (choice) {
			case SeccompChoice.Unconfined() -> Optional.empty();
			case SeccompChoice.Default() -> Optional.of(compile(SeccompProfile.defaults(), capabilities));
			case SeccompChoice.Custom(String json) -> Optional.of(compile(SeccompProfile.parse(json), capabilities));
		};
	}

	/**
	 * The filter of a profile.
	 * @param capabilities the bounding set of the container, which rules depend on
	 * @throws InvalidSpecException if it becomes too large for the kernel
	 */
	public SeccompFilter compile(SeccompProfile profile, CapabilitySet capabilities) {
		Key key = new Key(profile.digest(), capabilities);
		SeccompFilter known = this.remembered.get(key);
		if (known != null) {
			return known;
		}
		if (this.remembered.size() >= MOST_REMEMBERED) {
			this.remembered.clear();
		}
		SeccompFilter filter = make(profile, capabilities);
		this.remembered.put(key, filter);
		return filter;
	}

	private static SeccompFilter make(SeccompProfile profile, CapabilitySet capabilities) {
		Machine machine = Machine.host();
		List<Abi> abis = machine.abis(profile.architectures());
		KernelVersion kernel = KernelVersion.ofHost();
		List<SeccompRule> rules = profile.rules()
			.stream()
			.filter((rule) -> rule.countsFor(capabilities, machine.dockerName(), kernel))
			.toList();
		Code.Pool pool = new Code.Pool();
		NewerCalls newer = new NewerCalls(pool, profile, abis);
		FilterProgram program = new FilterProgram(generate(profile, rules, abis, newer));
		checkSize(program.length(), MOST_GENERATED);
		byte[] assembled = new Assembler().assemble(tree(pool, program, newer, abis));
		checkSize(assembled.length / SeccompFilter.INSTRUCTION_SIZE, MOST_INSTRUCTIONS);
		return new SeccompFilter(assembled, profile.flags());
	}

	private static void checkSize(int length, int most) {
		if (length > most) {
			throw new InvalidSpecException("HostConfig.SecurityOpt", "the seccomp profile is too large: it becomes "
					+ length + " instructions, but only " + most + " are possible");
		}
	}

	/** Lets libseccomp generate the program that says what the profile means. */
	static byte[] generate(SeccompProfile profile, List<SeccompRule> rules, List<Abi> abis, NewerCalls newer) {
		int fallback = profile.defaultAction().value(profile.defaultErrno());
		try (Libseccomp filter = new Libseccomp(fallback)) {
			for (Abi abi : abis) {
				filter.addArchitecture(Libseccomp.architecture(abi.name()).orElseThrow());
			}
			for (SeccompRule rule : rules) {
				int answer = rule.action().value(rule.errno());
				// libseccomp refuses rules that change nothing
				if (answer != fallback) {
					rule.names().forEach((name) -> add(filter, newer, rule, name, answer));
				}
			}
			return filter.export();
		}
		catch (LinuxException ex) {
			InvalidSpecException refusal = new InvalidSpecException("HostConfig.SecurityOpt",
					"libseccomp refuses the seccomp profile: " + ex.getMessage());
			refusal.initCause(ex);
			throw refusal;
		}
	}

	/** Names that nobody knows are passed over, as runc does. */
	private static void add(Libseccomp filter, NewerCalls newer, SeccompRule rule, String name, int answer) {
		Libseccomp.systemCall(name).ifPresentOrElse((number) -> {
			if (hasTwoTestsOfOneArgument(rule)) {
				// libseccomp cannot; runc takes such tests as alternatives
				rule.tests().forEach((test) -> filter.addRule(answer, name, number, List.of(comparison(test))));
			}
			else {
				filter.addRule(answer, name, number, rule.tests().stream().map(SeccompCompiler::comparison).toList());
			}
		}, () -> {
			if (rule.tests().isEmpty()) {
				newer.add(name, answer);
			}
		});
	}

	private static boolean hasTwoTestsOfOneArgument(SeccompRule rule) {
		return rule.tests().stream().mapToInt(ArgumentTest::index).distinct().count() < rule.tests().size();
	}

	private static Libseccomp.Comparison comparison(ArgumentTest test) {
		return new Libseccomp.Comparison(test.index(), test.operator().value(), test.value(), test.valueTwo());
	}

	private static Code tree(Code.Pool pool, FilterProgram program, NewerCalls newer, List<Abi> abis) {
		NavigableSet<Integer> boundaries = program.boundaries();
		newer.addBoundaries(boundaries);
		List<Integer> audits = abis.stream().map(Abi::audit).distinct().toList();
		// an architecture that is not filtered gets libseccomp's answer to such
		Code code = program.answer(pool, 0, 0);
		for (int audit : audits.reversed()) {
			DecisionTree tree = new DecisionTree(pool);
			for (int number : boundaries) {
				tree.add(number, newer.answer(audit, number).orElseGet(() -> program.answer(pool, audit, number)));
			}
			code = pool.condition(Code.IF_EQUAL, audit, pool.load(FilterProgram.NUMBER, tree.code()), code);
		}
		return pool.load(FilterProgram.ARCHITECTURE, code);
	}

	private record Key(String profile, CapabilitySet capabilities) {
	}

}
