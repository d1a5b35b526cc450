package dev.caisson.engine.rootfs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.caisson.engine.spec.IdentitySpec;

/**
 * The content of resolv.conf(5) for a container.
 */
final class ResolverConfiguration {

	private ResolverConfiguration() {
	}

	/**
	 * The host's file, with what the container declares in place of the host's lines of
	 * the same kind.
	 * @param reachesHostLoopback whether the container shares the host's network, so that
	 * a server on 127.0.0.1 is the host's and not its own
	 */
	static String of(String hostFile, IdentitySpec identity, boolean reachesHostLoopback) {
		List<String> lines = new ArrayList<>();
		for (String line : hostFile.lines().toList()) {
			String keyword = line.strip().split("\\s+")[0];
			boolean kept = switch (keyword) {
				case "nameserver" ->
					identity.nameservers().isEmpty() && (reachesHostLoopback || !isLoopback(argument(line)));
				case "search", "domain" -> identity.searchDomains().isEmpty();
				case "options" -> identity.resolverOptions().isEmpty();
				default -> !keyword.isEmpty() && !keyword.startsWith("#") && !keyword.startsWith(";");
			};
			if (kept) {
				lines.add(line.strip());
			}
		}
		identity.nameservers().forEach((server) -> lines.add("nameserver " + server));
		// a lone dot is how Docker's clients ask for no search list at all
		if (!identity.searchDomains().isEmpty() && !identity.searchDomains().equals(List.of("."))) {
			lines.add("search " + String.join(" ", identity.searchDomains()));
		}
		if (!identity.resolverOptions().isEmpty()) {
			lines.add("options " + String.join(" ", identity.resolverOptions()));
		}
		return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
	}

	/**
	 * For a container whose names the service answers. A name without a dot is asked for
	 * as it is: it may be that of a container.
	 */
	static String answered(String hostFile, IdentitySpec identity, String server) {
		List<String> options = new ArrayList<>(identity.resolverOptions());
		if (options.isEmpty()) {
			hostFile.lines()
				.map((line) -> line.strip().split("\\s+"))
				.filter((words) -> words[0].equals("options"))
				.forEach((words) -> options.addAll(List.of(words).subList(1, words.length)));
		}
		if (options.stream().noneMatch((option) -> option.startsWith("ndots:"))) {
			options.add("ndots:0");
		}
		return of(hostFile, new IdentitySpec(identity.hostname(), identity.domainname(), identity.hosts(),
				List.of(server), identity.searchDomains(), options), false);
	}

	/** Whether the file's only servers are stubs that listen on the host's loopback. */
	static boolean hasOnlyLoopbackServers(String hostFile) {
		List<String> servers = hostFile.lines()
			.filter((line) -> line.strip().split("\\s+")[0].equals("nameserver"))
			.map(ResolverConfiguration::argument)
			.toList();
		return !servers.isEmpty() && servers.stream().allMatch(ResolverConfiguration::isLoopback);
	}

	private static boolean isLoopback(String address) {
		return address.startsWith("127.") || address.equals("::1") || address.startsWith("::1%");
	}

	private static String argument(String line) {
		return Arrays.stream(line.strip().split("\\s+")).skip(1).findFirst().orElse("");
	}

}
