package dev.caisson.engine.namespace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The namespaces a process really is in, by inode, against those of the service.
 *
 * @param entries by kind; a kind that could not be read is missing
 */
public record NamespaceReport(Map<NamespaceKind, Entry> entries) {

	public NamespaceReport {
		entries = Map.copyOf(entries);
	}

	/**
	 * One namespace.
	 *
	 * @param inode of the process's, as lsns(8) shows it
	 * @param host of the service's own
	 */
	public record Entry(long inode, long host) {

		public boolean isPrivate() {
			return this.inode != this.host;
		}

	}

	static NamespaceReport of(int pid) {
		Map<NamespaceKind, Entry> entries = new EnumMap<>(NamespaceKind.class);
		for (NamespaceKind kind : NamespaceKind.values()) {
			Optional<Long> theirs = inode(Path.of("/proc", Integer.toString(pid), "ns", kind.fileName()));
			Optional<Long> ours = inode(Path.of("/proc/self/ns", kind.fileName()));
			if (theirs.isPresent() && ours.isPresent()) {
				entries.put(kind, new Entry(theirs.get(), ours.get()));
			}
		}
		return new NamespaceReport(entries);
	}

	/** The link reads {@code net:[4026531840]}. */
	private static Optional<Long> inode(Path link) {
		try {
			String target = Files.readSymbolicLink(link).toString();
			return Optional.of(Long.parseLong(target.substring(target.indexOf('[') + 1, target.length() - 1)));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

}
