package dev.caisson.platform.build.source;

import dev.caisson.engine.tar.TarEntry;
import org.jspecify.annotations.Nullable;

/**
 * Whose copies are, and what may be done with them.
 *
 * @param owner null: whose the originals are
 * @param mode permissions; null: those of the originals
 */
public record Ownership(@Nullable Owner owner, @Nullable Integer mode) {

	/**
	 * A user and a group.
	 *
	 * @param uid the user
	 * @param gid the group
	 */
	public record Owner(int uid, int gid) {

	}

	/** What a copy of this is like. */
	TarEntry applyTo(TarEntry entry) {
		boolean link = entry.kind() == TarEntry.Kind.SYMBOLIC_LINK;
		return new TarEntry(entry.kind(), entry.name(), entry.linkName(),
				(this.mode != null && !link) ? this.mode : entry.mode(),
				(this.owner != null) ? this.owner.uid() : entry.uid(),
				(this.owner != null) ? this.owner.gid() : entry.gid(), entry.size(), entry.stored(),
				entry.modifiedSeconds(), entry.modifiedNanos(), entry.major(), entry.minor(), entry.attributes(),
				entry.extents());
	}

}
