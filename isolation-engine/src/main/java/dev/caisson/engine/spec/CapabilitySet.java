package dev.caisson.engine.spec;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * A set of capabilities.
 *
 * @param bits one bit each, numbered as the kernel does
 */
public record CapabilitySet(long bits) {

	public static final CapabilitySet NONE = new CapabilitySet(0);

	public static final CapabilitySet ALL = of(EnumSet.allOf(Capability.class));

	/** The fourteen that Docker gives by default. */
	public static final CapabilitySet DEFAULT = of(
			EnumSet.of(Capability.CAP_CHOWN, Capability.CAP_DAC_OVERRIDE, Capability.CAP_FSETID, Capability.CAP_FOWNER,
					Capability.CAP_MKNOD, Capability.CAP_NET_RAW, Capability.CAP_SETGID, Capability.CAP_SETUID,
					Capability.CAP_SETFCAP, Capability.CAP_SETPCAP, Capability.CAP_NET_BIND_SERVICE,
					Capability.CAP_SYS_CHROOT, Capability.CAP_KILL, Capability.CAP_AUDIT_WRITE));

	public static CapabilitySet of(Collection<Capability> capabilities) {
		long bits = 0;
		for (Capability capability : capabilities) {
			bits |= 1L << capability.ordinal();
		}
		return new CapabilitySet(bits);
	}

	public boolean contains(Capability capability) {
		return (this.bits & 1L << capability.ordinal()) != 0;
	}

	public CapabilitySet with(CapabilitySet other) {
		return new CapabilitySet(this.bits | other.bits);
	}

	public CapabilitySet without(CapabilitySet other) {
		return new CapabilitySet(this.bits & ~other.bits);
	}

	public CapabilitySet intersect(CapabilitySet other) {
		return new CapabilitySet(this.bits & other.bits);
	}

	public boolean isEmpty() {
		return this.bits == 0;
	}

	public Set<Capability> members() {
		EnumSet<Capability> members = EnumSet.noneOf(Capability.class);
		for (Capability capability : Capability.values()) {
			if (contains(capability)) {
				members.add(capability);
			}
		}
		return members;
	}

}
