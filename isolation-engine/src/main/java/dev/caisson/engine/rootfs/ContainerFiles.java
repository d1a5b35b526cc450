package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.IdentitySpec;
import dev.caisson.engine.spec.NamespaceSpec;
import org.jspecify.annotations.Nullable;

/**
 * The three files of a container that the service writes and the container sees below
 * /etc. They lie in the container's directory on the host, outside its layers.
 *
 * @param hostname of hostname(5)
 * @param hosts of hosts(5)
 * @param resolvConf of resolv.conf(5)
 */
public record ContainerFiles(Path hostname, Path hosts, Path resolvConf) {

	private static final Path HOST_RESOLVER = Path.of("/etc/resolv.conf");

	/** Where systemd-resolved lists the servers behind its stub on 127.0.0.53. */
	private static final Path HOST_RESOLVER_BEHIND_STUB = Path.of("/run/systemd/resolve/resolv.conf");

	private static final Path HOST_HOSTS = Path.of("/etc/hosts");

	/** A file of the host's that is larger is not what it should be. */
	private static final long LARGEST = 1 << 20;

	private static final String LOCAL_HOSTS = """
			127.0.0.1	localhost
			::1	localhost ip6-localhost ip6-loopback
			fe00::0	ip6-localnet
			ff00::0	ip6-mcastprefix
			ff02::1	ip6-allnodes
			ff02::2	ip6-allrouters
			""";

	/**
	 * Writes the files anew; those of an earlier run are replaced in place, so that a
	 * running container that has them mounted sees the change.
	 * @param directory the container's own, which exists
	 * @param addresses of the container's interfaces other than loopback
	 */
	public static ContainerFiles write(Path directory, ContainerSpec spec, List<String> addresses) {
		return write(directory, spec, addresses, null);
	}

	/**
	 * As {@link #write(Path, ContainerSpec, List)}.
	 * @param nameServer the address where the service answers for names; null has the
	 * container ask the host's servers
	 */
	public static ContainerFiles write(Path directory, ContainerSpec spec, List<String> addresses,
			@Nullable String nameServer) {
		boolean hostNetwork = spec.namespaces().network() instanceof NamespaceSpec.Source.Host;
		IdentitySpec identity = spec.identity();
		ContainerFiles files = in(directory);
		try {
			write(files.hostname, identity.hostname() + "\n");
			write(files.hosts, hosts(identity, hostNetwork ? read(HOST_HOSTS) : LOCAL_HOSTS, addresses));
			write(files.resolvConf,
					(nameServer != null) ? ResolverConfiguration.answered(read(HOST_RESOLVER), identity, nameServer)
							: ResolverConfiguration.of(hostResolver(hostNetwork), identity, hostNetwork));
			return files;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("cannot write the files of container " + spec.id().shortForm(), ex);
		}
	}

	/**
	 * Whether no server of the host's can be asked from another network namespace than
	 * the host's.
	 */
	public static boolean hostServersAreLocal() {
		try {
			return ResolverConfiguration.hasOnlyLoopbackServers(hostResolver(false));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read " + HOST_RESOLVER, ex);
		}
	}

	/** These files, but for names and addresses those of another container. */
	public ContainerFiles sharing(ContainerFiles other) {
		return new ContainerFiles(this.hostname, other.hosts, other.resolvConf);
	}

	/**
	 * Adds addresses of a running container to its hosts(5), leaving all other lines as
	 * they are.
	 */
	public void addHosts(List<String> addresses) {
		editHosts(addresses, true);
	}

	/** Takes addresses out of hosts(5), leaving all other lines as they are. */
	public void removeHosts(List<String> addresses) {
		editHosts(addresses, false);
	}

	/**
	 * Both files are the container's to write: whatever stands in them is a stranger's.
	 */
	private void editHosts(List<String> addresses, boolean add) {
		try {
			StringBuilder text = new StringBuilder();
			read(this.hosts).lines()
				.filter((line) -> !addresses.contains(line.strip().split("\\s+")[0]))
				.forEach((line) -> text.append(line).append('\n'));
			String name = read(this.hostname).lines().findFirst().orElse("").strip();
			if (add && name.matches("[\\w.-]{1,64}")) {
				addresses.forEach((address) -> text.append(address).append('\t').append(name).append('\n'));
			}
			write(this.hosts, text.toString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("cannot change " + this.hosts, ex);
		}
	}

	/** Where the files of the container with this directory are. */
	public static ContainerFiles in(Path directory) {
		return new ContainerFiles(directory.resolve("hostname"), directory.resolve("hosts"),
				directory.resolve("resolv.conf"));
	}

	static String hosts(IdentitySpec identity, String first, List<String> addresses) {
		StringBuilder text = new StringBuilder(first);
		if (!first.isEmpty() && !first.endsWith("\n")) {
			text.append('\n');
		}
		String names = identity.domainname().isEmpty() ? identity.hostname()
				: identity.hostname() + "." + identity.domainname() + " " + identity.hostname();
		addresses.forEach((address) -> text.append(address).append('\t').append(names).append('\n'));
		for (String host : identity.hosts()) {
			int colon = host.indexOf(':');
			text.append(host.substring(colon + 1)).append('\t').append(host, 0, colon).append('\n');
		}
		return text.toString();
	}

	private static String hostResolver(boolean hostNetwork) throws IOException {
		String text = read(HOST_RESOLVER);
		boolean stub = !hostNetwork && ResolverConfiguration.hasOnlyLoopbackServers(text);
		return (stub && Files.isReadable(HOST_RESOLVER_BEHIND_STUB)) ? read(HOST_RESOLVER_BEHIND_STUB) : text;
	}

	private static String read(Path file) throws IOException {
		if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
			return "";
		}
		return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
	}

	private static void write(Path file, String text) throws IOException {
		boolean isNew = Files.notExists(file);
		Files.writeString(file, text, StandardCharsets.UTF_8);
		if (isNew) {
			// the service's umask must not keep the container's users from reading it
			Set<PosixFilePermission> everyoneReads = EnumSet.of(PosixFilePermission.OWNER_READ,
					PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
			Files.setPosixFilePermissions(file, everyoneReads);
		}
	}

}
