package dev.caisson.engine.spec;

import java.util.List;

/**
 * How the container calls itself, and the lines of the files made from it.
 *
 * @param hostname at most 64 bytes
 * @param domainname may be empty
 * @param hosts extra lines of /etc/hosts, {@code name:address} each
 * @param nameservers of /etc/resolv.conf; none means the host's file
 * @param searchDomains of /etc/resolv.conf
 * @param resolverOptions of /etc/resolv.conf
 */
public record IdentitySpec(String hostname, String domainname, List<String> hosts, List<String> nameservers,
		List<String> searchDomains, List<String> resolverOptions) {

	/** Of linux/utsname.h: __NEW_UTS_LEN. */
	private static final int LONGEST_NAME = 64;

	public IdentitySpec {
		hosts = List.copyOf(hosts);
		nameservers = List.copyOf(nameservers);
		searchDomains = List.copyOf(searchDomains);
		resolverOptions = List.copyOf(resolverOptions);
		check("Config.Hostname", "hostname", hostname);
		check("Config.Domainname", "domainname", domainname);
		for (String host : hosts) {
			if (host.indexOf(':') < 1) {
				throw new InvalidSpecException("HostConfig.ExtraHosts", "bad format for add-host: \"" + host + "\"");
			}
			refuseControl("HostConfig.ExtraHosts", host);
		}
		nameservers.forEach((value) -> refuseControl("HostConfig.Dns", value));
		searchDomains.forEach((value) -> refuseControl("HostConfig.DnsSearch", value));
		resolverOptions.forEach((value) -> refuseControl("HostConfig.DnsOptions", value));
	}

	private static void check(String field, String word, String value) {
		if (value.length() > LONGEST_NAME) {
			throw new InvalidSpecException(field, "invalid " + word + ": longer than " + LONGEST_NAME + " characters");
		}
		refuseControl(field, value);
	}

	private static void refuseControl(String field, String value) {
		if (value.chars().anyMatch((c) -> c < ' ' || c == 127)) {
			throw new InvalidSpecException(field, "invalid " + field + ": contains a control character");
		}
	}

}
