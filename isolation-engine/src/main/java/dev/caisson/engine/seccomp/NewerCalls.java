package dev.caisson.engine.seccomp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;

import dev.caisson.engine.linux.Libseccomp;
import dev.caisson.engine.seccomp.Machine.Abi;

/**
 * The system calls that are newer than libseccomp or than the profile.
 * <ul>
 * <li>A call that the profile names and this libseccomp does not know is looked up here,
 * so that the filter does not depend on the version of libseccomp.</li>
 * <li>A call with a higher number than any that the profile names was not thought of by
 * its author. It answers ENOSYS, as with runc, because programs then fall back to an
 * older call; EPERM, which they take for final, has broken every container with each new
 * C library.</li>
 * </ul>
 */
final class NewerCalls {

	/** Of asm-generic/errno.h. */
	private static final int ENOSYS = 38;

	/** Here ARM's private calls begin, and no architecture has others: asm/unistd.h. */
	private static final int END_OF_NUMBERS = 0x0f0000;

	/**
	 * The calls since Linux 5.17, which libseccomp 2.5.4 knows; since 5.1 all
	 * architectures number alike (include/uapi/asm-generic/unistd.h).
	 */
	private static final Map<String, Integer> EVERYWHERE = Map.ofEntries(Map.entry("cachestat", 451),
			Map.entry("fchmodat2", 452), Map.entry("map_shadow_stack", 453), Map.entry("futex_wake", 454),
			Map.entry("futex_wait", 455), Map.entry("futex_requeue", 456), Map.entry("statmount", 457),
			Map.entry("listmount", 458), Map.entry("lsm_get_self_attr", 459), Map.entry("lsm_set_self_attr", 460),
			Map.entry("lsm_list_modules", 461), Map.entry("mseal", 462), Map.entry("setxattrat", 463),
			Map.entry("getxattrat", 464), Map.entry("listxattrat", 465), Map.entry("removexattrat", 466),
			Map.entry("open_tree_attr", 467), Map.entry("file_getattr", 468), Map.entry("file_setattr", 469));

	/** Of arch/x86/entry/syscalls/syscall_64.tbl alone. */
	private static final Map<String, Integer> X86_64_ONLY = Map.of("uretprobe", 335);

	private final Code.Pool pool;

	private final List<Abi> abis;

	/** The highest number that the profile names, in the order of the ABIs. */
	private final Map<Abi, Integer> highest = new HashMap<>();

	private final Map<Abi, Map<Integer, Integer>> answers = new HashMap<>();

	private final boolean hides;

	NewerCalls(Code.Pool pool, SeccompProfile profile, List<Abi> abis) {
		this.pool = pool;
		this.abis = abis;
		this.hides = !profile.defaultAction().lets();
		for (Abi abi : abis) {
			int token = Libseccomp.architecture(abi.name()).orElseThrow();
			int last = profile.rules()
				.stream()
				.flatMap((rule) -> rule.names().stream())
				.mapToInt((name) -> number(name, abi, token))
				.filter((number) -> number < END_OF_NUMBERS)
				.max()
				.orElse(-1);
			this.highest.put(abi, last);
			this.answers.put(abi, new HashMap<>());
		}
	}

	/** The number of a call without its ABI's base, or -1. */
	private static int number(String name, Abi abi, int token) {
		OptionalInt known = Libseccomp.systemCall(name, token);
		return known.isPresent() ? known.getAsInt() - abi.base() : newNumber(name, abi).orElse(-1);
	}

	private static OptionalInt newNumber(String name, Abi abi) {
		Integer number = EVERYWHERE.get(name);
		if (number == null && abi.name().equals("x86_64")) {
			number = X86_64_ONLY.get(name);
		}
		return (number != null) ? OptionalInt.of(number) : OptionalInt.empty();
	}

	/**
	 * Takes a rule for a call that libseccomp does not know. The first rule for a call
	 * wins.
	 */
	void add(String name, int answer) {
		for (Abi abi : this.abis) {
			newNumber(name, abi).ifPresent((number) -> this.answers.get(abi).putIfAbsent(number, answer));
		}
	}

	/** Adds the numbers at which an answer of this class begins or ends. */
	void addBoundaries(NavigableSet<Integer> boundaries) {
		for (Abi abi : this.abis) {
			boundaries.add(abi.base());
			boundaries.add(abi.base() + this.highest.get(abi) + 1);
			boundaries.add(abi.base() + END_OF_NUMBERS);
			this.answers.get(abi).keySet().forEach((number) -> {
				boundaries.add(abi.base() + number);
				boundaries.add(abi.base() + number + 1);
			});
		}
	}

	/** What is answered to a call, if that is not libseccomp's to say. */
	Optional<Code> answer(int audit, int number) {
		return this.abis.stream()
			.filter((abi) -> abi.audit() == audit && Integer.compareUnsigned(number - abi.base(), END_OF_NUMBERS) < 0)
			.findFirst()
			.flatMap((abi) -> answer(abi, number - abi.base()));
	}

	private Optional<Code> answer(Abi abi, int number) {
		Integer named = this.answers.get(abi).get(number);
		if (named != null) {
			return Optional.of(this.pool.returns(named));
		}
		if (this.hides && number > this.highest.get(abi)) {
			return Optional.of(this.pool.returns(SeccompAction.ERRNO.value(ENOSYS)));
		}
		return Optional.empty();
	}

}
