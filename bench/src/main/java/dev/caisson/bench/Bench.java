package dev.caisson.bench;

import java.util.Arrays;

/** {@code ./caisson bench NAME [ARG]...} */
public final class Bench {

	private Bench() {
	}

	public static void main(String[] args) throws Exception {
		if (args.length == 0) {
			refuse("name a benchmark");
		}
		String[] rest = Arrays.copyOfRange(args, 1, args.length);
		switch (args[0]) {
			case "launch" -> LaunchBenchmark.main(rest);
			case "network" -> NetworkBenchmark.main(rest);
			case "audit" -> AuditBenchmark.main(rest);
			case "lifecycle" -> LifecycleBenchmark.main(rest);
			case "image" -> ImageBenchmark.main(rest);
			default -> refuse("there is no benchmark '" + args[0] + "'");
		}
	}

	private static void refuse(String reason) {
		System.err.println("bench: " + reason + "; there are: launch, network, audit, lifecycle, image");
		System.exit(2);
	}

}
