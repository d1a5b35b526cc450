package dev.caisson.engine.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A data root and a run root for one test, with paths short enough for a unix socket, and
 * the name of its cgroup. Use it in try-with-resources, or as an instance field with
 * {@code @RegisterExtension}. Closing deletes all of it, but refuses to delete through a
 * mount that was left there; of the cgroup it removes what is empty.
 */
public final class TestRoots implements AutoCloseable, AfterEachCallback {

	private static final String TAG = "caisson-test-" + ProcessHandle.current().pid();

	private static final AtomicInteger COUNT = new AtomicInteger();

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final Path top;

	public TestRoots() {
		this.top = base().resolve(Integer.toString(COUNT.incrementAndGet()));
		create(data());
		create(run());
	}

	/**
	 * Part of the name of everything this JVM's tests make: {@code caisson-test-PID}. A
	 * cgroup's name must contain it, so that a leak of it is noticed.
	 */
	public static String tag() {
		return TAG;
	}

	/** Where the roots of all tests of this JVM lie. */
	static Path base() {
		return Path.of(System.getProperty("java.io.tmpdir"), TAG);
	}

	public Path data() {
		return this.top.resolve("data");
	}

	public Path run() {
		return this.top.resolve("run");
	}

	/** The cgroup below which all of this test's belong, in every hierarchy. */
	public String cgroup() {
		return TAG + "-" + this.top.getFileName();
	}

	/** Another directory of this test, made at first use. */
	public Path directory(String name) {
		return create(this.top.resolve(name));
	}

	/** Every file and directory of these roots, relative to both, sorted. */
	public List<Path> files() {
		try (Stream<Path> files = Files.walk(this.top)) {
			return files.map(this.top::relativize).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void afterEach(ExtensionContext context) throws IOException {
		close();
	}

	@Override
	public void close() throws IOException {
		removeCgroups();
		if (!Files.exists(this.top)) {
			return;
		}
		List<String> mounts = mountsBelow();
		if (!mounts.isEmpty()) {
			throw new AssertionError("mounts left below the test's roots: " + mounts);
		}
		Files.walkFileTree(this.top, new Deletion());
		deleteIfEmpty(base());
	}

	/** Engines leave the parent of their groups; groups below it are a leak, and stay. */
	private void removeCgroups() throws IOException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
			if (line.contains(" - cgroup")) {
				Path parent = Path.of(line.split(" ")[4], cgroup());
				while (!removed(parent) && System.nanoTime() < deadline) {
					LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
				}
			}
		}
	}

	private static boolean removed(Path cgroup) {
		try {
			Files.deleteIfExists(cgroup);
			return true;
		}
		catch (IOException busy) {
			return false;
		}
	}

	private List<String> mountsBelow() throws IOException {
		return Files.readAllLines(Path.of("/proc/self/mountinfo"))
			.stream()
			.map((line) -> line.split(" ")[4])
			.filter((path) -> path.startsWith(this.top + "/"))
			.toList();
	}

	private static void deleteIfEmpty(Path directory) throws IOException {
		try (Stream<Path> children = Files.list(directory)) {
			if (children.findAny().isPresent()) {
				return;
			}
		}
		Files.delete(directory);
	}

	private static Path create(Path directory) {
		try {
			return Files.createDirectories(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static final class Deletion extends SimpleFileVisitor<Path> {

		@Override
		public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
			Files.delete(file);
			return FileVisitResult.CONTINUE;
		}

		@Override
		public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
			Files.delete(directory);
			return FileVisitResult.CONTINUE;
		}

	}

}
