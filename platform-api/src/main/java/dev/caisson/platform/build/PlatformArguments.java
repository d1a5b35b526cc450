package dev.caisson.platform.build;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The arguments that tell a Dockerfile what it is built for. Source: the Dockerfile
 * reference, "Automatic platform ARGs in the global scope".
 */
final class PlatformArguments {

	private PlatformArguments() {
	}

	/** Builds are for the machine that they are done on. */
	static Map<String, String> ofHost() {
		boolean arm = "aarch64".equals(System.getProperty("os.arch"));
		String architecture = arm ? "arm64" : "amd64";
		Map<String, String> arguments = new LinkedHashMap<>();
		for (String kind : new String[] { "TARGET", "BUILD" }) {
			arguments.put(kind + "PLATFORM", "linux/" + architecture);
			arguments.put(kind + "OS", "linux");
			arguments.put(kind + "ARCH", architecture);
			arguments.put(kind + "VARIANT", "");
		}
		return arguments;
	}

}
