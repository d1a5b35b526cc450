package dev.caisson.platform.build.source;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * One thing to copy.
 *
 * @param name by which it was found, which a copied file gets in a directory
 * @param file what it is; never a symbolic link
 * @param unpack whether it is unpacked if it is an archive
 */
public record Source(String name, SourceFile file, boolean unpack) {

	/**
	 * What a pattern or a path means.
	 * @param shown what an error calls the missing:
	 * {@code file not found in build context…}
	 * @throws CopyException in Docker's words if it is not there or leads out
	 */
	public static List<Source> find(SourceFile root, String written, boolean unpack, String shown) {
		List<String> names = Found.names(written);
		if (leadsOut(names)) {
			throw new CopyException("forbidden path outside the build context: " + written + " ()");
		}
		String path = Names.ofText(String.join("/", names));
		if (!GlobPattern.isPattern(written)) {
			return List.of(one(root, path, written, unpack, shown));
		}
		List<Source> found = new ArrayList<>();
		match(root, names, 0, "", (match) -> found.add(one(root, match, written, unpack, shown)));
		if (found.isEmpty()) {
			throw new CopyException("no source files were specified");
		}
		return found;
	}

	private static boolean leadsOut(List<String> names) {
		int depth = 0;
		for (String name : names) {
			depth += name.equals("..") ? -1 : 1;
			if (depth < 0) {
				return true;
			}
		}
		return false;
	}

	private static Source one(SourceFile root, String path, String written, boolean unpack, String shown) {
		SourceFile file = Found.at(root, path).file();
		if (file == null) {
			throw new CopyException(shown + "stat " + written + ": file does not exist");
		}
		return new Source(path.substring(path.lastIndexOf('/') + 1), file, unpack);
	}

	/** Goes down as many directories as the pattern has. */
	private static void match(SourceFile directory, List<String> pattern, int level, String prefix,
			Consumer<String> matches) {
		Pattern here = GlobPattern.compile(pattern.get(level));
		for (String name : directory.names()) {
			if (!here.matcher(Names.toText(name)).matches()) {
				continue;
			}
			if (level == pattern.size() - 1) {
				matches.accept(prefix + name);
			}
			else {
				SourceFile next = directory.child(name);
				if (next != null && next.isDirectory()) {
					match(next, pattern, level + 1, prefix + name + "/", matches);
				}
			}
		}
	}

}
