package dev.caisson.engine.seccomp;

import java.util.List;
import java.util.Set;

/**
 * The machines that the engine runs on, with the architectures that their kernels accept
 * system calls of.
 */
enum Machine {

	X86_64("amd64", "SCMP_ARCH_X86_64",
			List.of(new Abi("x86_64", 0xc000003e, 0), new Abi("x32", 0xc000003e, 0x40000000),
					new Abi("x86", 0x40000003, 0))),
	AARCH64("arm64", "SCMP_ARCH_AARCH64", List.of(new Abi("aarch64", 0xc00000b7, 0), new Abi("arm", 0x40000028, 0)));

	private static final Machine HOST = "aarch64".equals(System.getProperty("os.arch")) ? AARCH64 : X86_64;

	private final String dockerName;

	private final String profileName;

	private final List<Abi> abis;

	Machine(String dockerName, String profileName, List<Abi> abis) {
		this.dockerName = dockerName;
		this.profileName = profileName;
		this.abis = abis;
	}

	static Machine host() {
		return HOST;
	}

	/** How rules name it: {@code amd64}. */
	String dockerName() {
		return this.dockerName;
	}

	/** How the {@code archMap} of a profile names it. */
	String profileName() {
		return this.profileName;
	}

	/** Its own way to make system calls. */
	Abi nativeAbi() {
		return this.abis.getFirst();
	}

	/**
	 * Those of its ways to make system calls that a profile filters: always its own, as
	 * libseccomp has it. Others that a profile may name cannot be made here at all.
	 */
	List<Abi> abis(Set<String> names) {
		return this.abis.stream().filter((abi) -> abi == nativeAbi() || names.contains(abi.name)).toList();
	}

	/**
	 * A way to make system calls.
	 *
	 * @param name libseccomp's
	 * @param audit the number that a filter sees: AUDIT_ARCH_* of linux/audit.h
	 * @param base what is added to the numbers of its calls; x32 shares its audit number
	 * with x86-64 and is told apart by __X32_SYSCALL_BIT of asm/unistd.h
	 */
	record Abi(String name, int audit, int base) {
	}

}
