package dev.caisson.engine.container;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.linux.FileTree.Entry;
import dev.caisson.engine.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/**
 * Compares the upper directory of an overlay with what is below it, by Docker's rules: a
 * directory has changed if its attributes have, or something in it. For one survey.
 */
final class ChangeSurvey {

	private static final byte[] OPAQUE = "trusted.overlay.opaque".getBytes(StandardCharsets.US_ASCII);

	private static final int MOST_LEVELS = 256;

	private final FileTree files;

	private final List<FileChange> changes = new ArrayList<>();

	private ChangeSurvey(FileTree files) {
		this.files = files;
	}

	/** All changes, sorted by path. */
	static List<FileChange> of(Fd upper, Fd below) {
		try (FileTree files = new FileTree()) {
			ChangeSurvey survey = new ChangeSurvey(files);
			survey.compare(upper, ".".getBytes(StandardCharsets.US_ASCII), below, "/", 0);
			survey.changes.sort(Comparator.comparing(FileChange::path));
			return List.copyOf(survey.changes);
		}
	}

	/** Answers whether there was a change. */
	private boolean compare(Fd parent, byte[] name, @Nullable Fd below, String prefix, int level) {
		if (level > MOST_LEVELS) {
			throw new LinuxException("compare", prefix, Errno.ELOOP, "more than " + MOST_LEVELS + " directories deep");
		}
		boolean any = false;
		try (Fd directory = this.files.directoryForReading(parent, name)) {
			List<Entry> entries = this.files.list(directory);
			entries.sort(Comparator.comparing(Entry::name, Arrays::compareUnsigned));
			for (Entry entry : entries) {
				FileStatus status = this.files.status(directory, entry.name());
				if (status != null) {
					any |= compare(directory, entry.name(), status, below, prefix, level);
				}
			}
		}
		return any;
	}

	private boolean compare(Fd directory, byte[] name, FileStatus status, @Nullable Fd below, String prefix,
			int level) {
		String path = prefix + new String(name, StandardCharsets.UTF_8);
		FileStatus before = (below != null) ? this.files.status(below, name) : null;
		if (status.isWhiteout()) {
			return note(before != null, FileChange.Kind.DELETED, path);
		}
		FileChange.Kind kind = (before != null) ? FileChange.Kind.MODIFIED : FileChange.Kind.ADDED;
		boolean differs = before == null || !status.isDirectory() || !isSame(status, before);
		int place = this.changes.size();
		boolean inside = status.isDirectory() && compareInside(directory, name, before, below, path, level);
		if (differs || inside) {
			this.changes.add(place, new FileChange(kind, path));
		}
		return differs || inside;
	}

	private boolean compareInside(Fd directory, byte[] name, @Nullable FileStatus before, @Nullable Fd below,
			String path, int level) {
		byte[] opaque = this.files.attribute(directory, name, OPAQUE);
		if (below == null || before == null || !before.isDirectory() || opaque != null) {
			return compare(directory, name, null, path + "/", level + 1);
		}
		try (Fd same = this.files.directory(below, name, Fd.RESOLVE_BENEATH | Fd.RESOLVE_NO_SYMLINKS)) {
			return compare(directory, name, same, path + "/", level + 1);
		}
	}

	private boolean note(boolean happened, FileChange.Kind kind, String path) {
		if (happened) {
			this.changes.add(new FileChange(kind, path));
		}
		return happened;
	}

	private static boolean isSame(FileStatus one, FileStatus other) {
		return one.mode() == other.mode() && one.uid() == other.uid() && one.gid() == other.gid()
				&& one.modifiedSeconds() == other.modifiedSeconds() && one.modifiedNanos() == other.modifiedNanos();
	}

}
