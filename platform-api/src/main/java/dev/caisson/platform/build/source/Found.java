package dev.caisson.platform.build.source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import dev.caisson.engine.tar.TarEntry;
import org.jspecify.annotations.Nullable;

/**
 * Where a path leads in a tree, symbolic links followed as if the tree's root were
 * {@code /}.
 *
 * @param path the names that lead there, none of them a link as far as there is anything
 * @param file what is there, or null
 */
public record Found(List<String> path, @Nullable SourceFile file) {

	/** As many as the kernel follows, see path_resolution(7). */
	private static final int MOST_LINKS = 40;

	public Found {
		path = List.copyOf(path);
	}

	/**
	 * Looks for a path.
	 * @throws CopyException if symbolic links loop
	 */
	public static Found at(SourceFile root, String path) {
		Deque<String> ahead = new ArrayDeque<>(names(path));
		List<String> names = new ArrayList<>();
		List<@Nullable SourceFile> files = new ArrayList<>();
		files.add(root);
		int links = 0;
		while (!ahead.isEmpty()) {
			String name = ahead.pop();
			if (name.equals("..")) {
				if (!names.isEmpty()) {
					names.removeLast();
					files.removeLast();
				}
				continue;
			}
			SourceFile here = files.getLast();
			SourceFile next = (here != null) ? here.child(name) : null;
			if (next == null || next.entry().kind() != TarEntry.Kind.SYMBOLIC_LINK) {
				names.add(name);
				files.add(next);
				continue;
			}
			if (++links > MOST_LINKS) {
				throw new CopyException("too many levels of symbolic links: " + TarEntry.show(path));
			}
			String target = next.entry().linkName();
			if (target.startsWith("/")) {
				names.clear();
				files.subList(1, files.size()).clear();
			}
			names(target).reversed().forEach(ahead::push);
		}
		return new Found(names, files.getLast());
	}

	/** The names of a path, without empty ones and dots. */
	static List<String> names(String path) {
		List<String> names = new ArrayList<>();
		for (String name : path.split("/")) {
			if (!name.isEmpty() && !name.equals(".")) {
				names.add(name);
			}
		}
		return names;
	}

	/** The path as archives write it. */
	String joined() {
		return String.join("/", this.path);
	}

}
