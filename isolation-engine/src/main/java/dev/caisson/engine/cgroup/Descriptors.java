package dev.caisson.engine.cgroup;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.caisson.engine.linux.Fd;
import org.jspecify.annotations.Nullable;

/** The descriptors of one launch, opened when they are first asked for. Thread-safe. */
final class Descriptors {

	/** The v2 directory, for clone3(2). */
	static final String UNIFIED = "cgroup";

	private @Nullable Map<String, Fd> open;

	/**
	 * @param wanted what to open: file or directory with flags of open(2), by name
	 */
	synchronized Map<String, Fd> open(Map<String, Wanted> wanted) {
		if (this.open == null) {
			Map<String, Fd> opened = new LinkedHashMap<>();
			try {
				wanted.forEach((name, each) -> opened.put(name, Fd.open(each.path(), each.flags())));
			}
			catch (RuntimeException ex) {
				opened.values().forEach(Fd::close);
				throw ex;
			}
			this.open = Map.copyOf(opened);
		}
		return this.open;
	}

	synchronized void close() {
		if (this.open != null) {
			this.open.values().forEach(Fd::close);
			this.open = null;
		}
	}

	/**
	 * What shall be opened.
	 *
	 * @param path the file
	 * @param flags of open(2)
	 */
	record Wanted(java.nio.file.Path path, int flags) {

		static Wanted directory(Directory directory) {
			return new Wanted(directory.path(), Fd.O_PATH | Fd.O_DIRECTORY);
		}

		static Wanted tasks(Directory directory) {
			return new Wanted(directory.file("tasks"), Fd.O_WRONLY);
		}

	}

}
