package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.InvalidSpecException;

/**
 * A device node as the container gets it.
 *
 * @param host the node on the host
 * @param path where it appears in the container
 * @param type {@code c} or {@code b}
 * @param major the driver's number
 * @param minor the driver's own number of the device
 * @param permissions the nine permission bits
 * @param uid owner
 * @param gid group
 * @param access some of {@code rwm}, for the device cgroup
 */
public record DeviceNode(Path host, String path, char type, int major, int minor, int permissions, int uid, int gid,
		String access) {

	/** Of linux/stat.h. */
	static final int S_IFREG = 0100000, S_IFCHR = 0020000, S_IFBLK = 0060000, S_IFMT = 0170000;

	/** The nodes that every container has, with the numbers of devices.txt. */
	static final List<DeviceNode> STANDARD = List.of(standard("null", 1, 3), standard("zero", 1, 5),
			standard("full", 1, 7), standard("random", 1, 8), standard("urandom", 1, 9), standard("tty", 5, 0));

	/** What a privileged container has of its own. */
	private static final Set<String> OWN = Set.of("pts", "shm", "mqueue", "console", "fd", "stdin", "stdout", "stderr",
			"core", "ptmx");

	private static final int DEEPEST = 8;

	private static DeviceNode standard(String name, int major, int minor) {
		return new DeviceNode(Path.of("/dev", name), "/dev/" + name, 'c', major, minor, 0666, 0, 0, "rwm");
	}

	/**
	 * Looks up the declared devices on the host. A directory stands for all nodes in it.
	 * @throws InvalidSpecException if one does not exist or is no device
	 */
	public static List<DeviceNode> find(DeviceSpec devices) {
		List<DeviceNode> found = new ArrayList<>();
		for (DeviceSpec.Node node : devices.nodes()) {
			try {
				Path real = node.host().toRealPath();
				String path = Path.of(node.path()).normalize().toString();
				if (Files.isDirectory(real)) {
					collect(real, path, node.access(), Set.of(), DEEPEST, found);
				}
				else if (!add(real, path, node.access(), found)) {
					throw refusal(node, "not a device node");
				}
			}
			catch (NoSuchFileException ex) {
				throw refusal(node, "no such file or directory");
			}
			catch (IOException ex) {
				throw refusal(node, ex.toString());
			}
		}
		return List.copyOf(found);
	}

	/** All device nodes of the host, for a privileged container. */
	static List<DeviceNode> all() {
		List<DeviceNode> found = new ArrayList<>();
		try {
			collect(Path.of("/dev"), "/dev", "rwm", OWN, DEEPEST, found);
		}
		catch (IOException ex) {
			throw new LinuxException("list", "/dev", Errno.EIO, ex.toString());
		}
		return List.copyOf(found);
	}

	private static InvalidSpecException refusal(DeviceSpec.Node node, String reason) {
		return new InvalidSpecException("HostConfig.Devices",
				"error gathering device information while adding custom device \"" + node.host() + "\": " + reason);
	}

	private static void collect(Path directory, String path, String access, Set<String> without, int depth,
			List<DeviceNode> found) throws IOException {
		List<Path> children;
		try (Stream<Path> list = Files.list(directory)) {
			children = list.sorted().toList();
		}
		for (Path child : children) {
			String name = child.getFileName().toString();
			if (without.contains(name) || Files.isSymbolicLink(child)) {
				continue;
			}
			if (!Files.isDirectory(child)) {
				add(child, path + "/" + name, access, found);
			}
			else if (depth > 0) {
				collect(child, path + "/" + name, access, Set.of(), depth - 1, found);
			}
		}
	}

	private static boolean add(Path host, String path, String access, List<DeviceNode> found) throws IOException {
		Map<String, Object> attributes;
		try {
			attributes = Files.readAttributes(host, "unix:mode,rdev,uid,gid");
		}
		catch (NoSuchFileException unplugged) {
			return false;
		}
		int mode = (int) attributes.get("mode");
		char type = switch (mode & S_IFMT) {
			case S_IFCHR -> 'c';
			case S_IFBLK -> 'b';
			default -> '-';
		};
		if (type == '-') {
			return false;
		}
		long number = (long) attributes.get("rdev");
		found.add(new DeviceNode(host, path, type, (int) (number >> 8 & 0xfff),
				(int) (number & 0xff | number >> 12 & 0xfff00), mode & 0777, (int) attributes.get("uid"),
				(int) attributes.get("gid"), access));
		return true;
	}

	int typeAndMode() {
		return (this.type == 'c' ? S_IFCHR : S_IFBLK) | this.permissions;
	}

	String typeAndModeText() {
		return (this.type == 'c' ? "S_IFCHR|0" : "S_IFBLK|0") + Integer.toOctalString(this.permissions);
	}

	/** See new_encode_dev() of linux/kdev_t.h: what mknodat(2) and stat(2) carry. */
	long number() {
		return (this.minor & 0xff) | (this.major << 8) | ((this.minor & 0xfff00L) << 12);
	}

}
