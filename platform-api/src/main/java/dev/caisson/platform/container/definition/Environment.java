package dev.caisson.platform.container.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The variables of a container: Docker's own, then those of the image and the client. */
final class Environment {

	private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

	private Environment() {
	}

	/**
	 * The whole list. HOME is not in it: only the image's own password file knows it.
	 * @param declared of image and client; a name without {@code =} is taken away
	 */
	static List<String> of(String hostname, boolean terminal, List<String> declared) {
		Map<String, String> entries = new LinkedHashMap<>();
		put(entries, "PATH=" + PATH);
		put(entries, "HOSTNAME=" + hostname);
		if (terminal) {
			put(entries, "TERM=xterm");
		}
		for (String entry : declared) {
			if (entry.indexOf('=') > 0) {
				put(entries, entry);
			}
			else {
				entries.remove(name(entry));
			}
		}
		return new ArrayList<>(entries.values());
	}

	static String name(String entry) {
		int equals = entry.indexOf('=');
		return (equals < 0) ? entry : entry.substring(0, equals);
	}

	private static void put(Map<String, String> entries, String entry) {
		entries.put(name(entry), entry);
	}

}
