package dev.caisson.platform.build;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

/** Paths as instructions write them. */
final class Paths {

	private Paths() {
	}

	/** From a working directory on; a slash at the end, or what means one, stays. */
	static String absolute(String directory, String path) {
		String whole = path.startsWith("/") ? path : (directory.isEmpty() ? "/" : directory) + "/" + path;
		boolean isDirectory = path.endsWith("/") || path.equals(".") || path.endsWith("/.") || path.isEmpty();
		String clean = clean(whole);
		return (isDirectory && !clean.endsWith("/")) ? clean + "/" : clean;
	}

	/** Without dots, doubled slashes, and one at the end. */
	static String clean(String path) {
		Deque<String> names = new ArrayDeque<>();
		for (String name : path.split("/")) {
			if (name.equals("..")) {
				names.pollLast();
			}
			else if (!name.isEmpty() && !name.equals(".")) {
				names.add(name);
			}
		}
		return "/" + String.join("/", names);
	}

	/**
	 * Permissions as COPY has them.
	 * @return null if none are given
	 * @throws BuildException if they are no octal number
	 */
	static @Nullable Integer mode(String text) {
		if (text.isEmpty()) {
			return null;
		}
		if (!text.matches("[0-7]{1,5}") || Integer.parseInt(text, 8) > 07777) {
			throw new BuildException(
					"invalid chmod parameter: '" + text + "'. it should be octal string and between 0 and 07777");
		}
		return Integer.parseInt(text, 8);
	}

}
