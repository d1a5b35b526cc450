package dev.caisson.engine.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kernel objects that are this JVM's at one moment. Other processes of the machine
 * may come and go meanwhile, so an object counts when it carries the name of
 * {@link TestRoots#tag()}, when it belongs to our process tree, or when we are alone in
 * the namespace it lives in.
 *
 * @param objects one line each: {@code mount 61 /tmp/…}, {@code fd 12 -> socket:[3344]}
 */
record KernelSnapshot(Set<String> objects) {

	private static final Path SELF = Path.of("/proc/self");

	/** How deep below the mount point of a hierarchy a test may put a cgroup. */
	private static final int CGROUP_DEPTH = 5;

	static KernelSnapshot take() {
		Set<String> objects = new TreeSet<>();
		objects.addAll(mounts());
		objects.addAll(links());
		objects.addAll(cgroups());
		objects.addAll(OwnProcesses.find());
		objects.addAll(descriptors());
		objects.addAll(files());
		return new KernelSnapshot(objects);
	}

	/** What is here and was not there before. */
	List<String> since(KernelSnapshot before) {
		List<String> news = new ArrayList<>(this.objects);
		news.removeAll(before.objects);
		forgiveSelectors(news);
		return news;
	}

	/**
	 * A selector of the JDK (one for virtual threads is made at first use and stays) is
	 * an epoll with an eventfd: forgives as many of these as of those.
	 */
	private static void forgiveSelectors(List<String> news) {
		List<String> selectors = news.stream().filter((line) -> line.endsWith("[eventpoll]")).toList();
		List<String> wakeUps = news.stream()
			.filter((line) -> line.endsWith("[eventfd]"))
			.limit(selectors.size())
			.toList();
		news.removeAll(selectors);
		news.removeAll(wakeUps);
	}

	private static Set<String> mounts() {
		Predicate<String> ours = aloneIn("mnt") ? (path) -> true : (path) -> path.contains(TestRoots.tag());
		return lines(SELF.resolve("mountinfo")).map((line) -> line.split(" "))
			.filter((fields) -> ours.test(fields[4]))
			.map((fields) -> "mount " + fields[0] + " " + fields[4])
			.collect(Collectors.toSet());
	}

	private static Set<String> links() {
		if (!aloneIn("net")) {
			return Set.of();
		}
		return lines(SELF.resolve("net/dev")).filter((line) -> line.contains(":"))
			.map((line) -> "link " + line.substring(0, line.indexOf(':')).strip())
			.collect(Collectors.toSet());
	}

	private static Set<String> cgroups() {
		Set<String> found = new TreeSet<>();
		lines(SELF.resolve("mountinfo")).filter((line) -> line.contains(" - cgroup"))
			.map((line) -> Path.of(line.split(" ")[4]))
			.forEach((hierarchy) -> collectCgroups(hierarchy, 1, found));
		return found;
	}

	private static void collectCgroups(Path parent, int depth, Set<String> found) {
		for (Path child : list(parent)) {
			if (!Files.isDirectory(child)) {
				continue;
			}
			if (child.toString().contains(TestRoots.tag())) {
				found.add("cgroup " + child);
			}
			if (depth < CGROUP_DEPTH) {
				collectCgroups(child, depth + 1, found);
			}
		}
	}

	private static Set<String> descriptors() {
		Set<String> found = new TreeSet<>();
		for (Path descriptor : list(SELF.resolve("fd"))) {
			try {
				String target = Files.readSymbolicLink(descriptor).toString();
				if (!isOfTheJvm(target)) {
					found.add("fd " + descriptor.getFileName() + " -> " + target);
				}
			}
			catch (IOException closed) {
				// the descriptor of the listing itself, or one closed by another thread
			}
		}
		return found;
	}

	/** What the JVM opens when it likes and keeps: class path, its own files, entropy. */
	private static boolean isOfTheJvm(String target) {
		return target.endsWith(".jar") || target.startsWith(System.getProperty("java.home"))
				|| target.matches("/proc/\\d+/fd") || target.matches("/dev/u?random");
	}

	private static Set<String> files() {
		Set<String> found = new TreeSet<>();
		collectFiles(TestRoots.base(), found);
		return found;
	}

	private static void collectFiles(Path directory, Set<String> found) {
		for (Path file : list(directory)) {
			found.add("file " + file);
		}
	}

	/** Whether we are in a namespace of our own, not in that of the machine. */
	static boolean aloneIn(String namespace) {
		try {
			return !Files.readSymbolicLink(SELF.resolve("ns/" + namespace))
				.equals(Files.readSymbolicLink(Path.of("/proc/1/ns/" + namespace)));
		}
		catch (IOException notRoot) {
			return false;
		}
	}

	static List<Path> list(Path directory) {
		try (Stream<Path> children = Files.list(directory)) {
			return children.toList();
		}
		catch (IOException | UncheckedIOException gone) {
			return List.of();
		}
	}

	private static Stream<String> lines(Path file) {
		try {
			return Files.readAllLines(file).stream();
		}
		catch (NoSuchFileException gone) {
			return Stream.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
