package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.network.NetworkSettings;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The containers of this host. Safe for use by many threads. */
public final class Containers implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(Containers.class);

	/** What an attached client may be behind: kept on disk, not in memory. */
	private static final long MOST_BEHIND = 1L << 30;

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private static final Duration CLEAN_UP = Duration.ofSeconds(30);

	private final Path dataRoot;

	private final Path runRoot;

	private final Runs runs;

	private final Machinery machinery;

	private final Trash trash;

	private final Map<ContainerId, Container> all = new ConcurrentHashMap<>();

	private final List<Consumer<Container>> exitListeners = new CopyOnWriteArrayList<>();

	private final AtomicBoolean closed = new AtomicBoolean();

	private final Container.Owner owner = new Container.Owner() {

		@Override
		public void exited(Container container) {
			tellOfExit(container);
		}

		@Override
		public Runnable remove(Container container) {
			return forget(container);
		}

	};

	/**
	 * Makes the containers of an engine.
	 * @param runs begins runs; closed with this, if it can be
	 */
	Containers(Path dataRoot, Path runRoot, Function<ToIntFunction<ContainerId>, Runs> runs, long mostBehind,
			Duration patience) {
		this.dataRoot = dataRoot;
		this.runRoot = runRoot;
		this.runs = runs.apply(this::pidOf);
		ExecutorService background = Executors
			.newCachedThreadPool(Thread.ofPlatform().daemon().name("caisson-container-", 0).factory());
		this.machinery = new Machinery(new EventLoop("caisson-streams"), new PumpBuffers(), background, this.runs,
				mostBehind, patience);
		this.trash = new Trash(dataRoot.resolve("trash"), background);
	}

	/**
	 * Opens the containers below two roots, which are this engine's alone; as root.
	 * @param cgroupParent the group below which theirs are
	 */
	public static Containers open(String cgroupParent, Path dataRoot, Path runRoot) {
		return open(cgroupParent, dataRoot, runRoot, Networks.open(NetworkSettings.DEFAULT, dataRoot, runRoot));
	}

	/**
	 * As {@link #open(String, Path, Path)}.
	 * @param networks what containers are connected to; closed with this
	 */
	public static Containers open(String cgroupParent, Path dataRoot, Path runRoot, Networks networks) {
		return new Containers(dataRoot, runRoot,
				(pidOf) -> new Launches(Mechanisms.open(cgroupParent, dataRoot, runRoot, networks, pidOf)), MOST_BEHIND,
				PATIENCE);
	}

	/** The first process of a container whose namespaces another one wants to join. */
	private int pidOf(ContainerId id) {
		return find(id).map((container) -> container.state().pid())
			.filter((pid) -> pid > 0)
			.orElseThrow(() -> new IllegalStateException("cannot join namespaces of a non running container: " + id));
	}

	/**
	 * Checks, before anything is made, what the specs themselves cannot know.
	 * @return what this host leaves out: sentences for the client
	 * @throws dev.caisson.engine.spec.InvalidSpecException naming the field of what it
	 * cannot do
	 */
	public List<String> check(ContainerSpec spec) {
		return this.runs.check(spec);
	}

	/**
	 * Makes the directories of a new container; nothing runs yet.
	 * @throws IllegalStateException if it exists
	 */
	public Container create(ContainerId id, LogSettings log) {
		ContainerDirectory directory = directory(id);
		try {
			Files.createDirectories(directory.data().getParent());
			Files.createDirectory(directory.data(),
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		}
		catch (java.nio.file.FileAlreadyExistsException ex) {
			throw new IllegalStateException("container " + id + " exists");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("make directory " + directory.data() + ": " + ex.getMessage(), ex);
		}
		return add(directory, log, ContainerState.CREATED);
	}

	private Container add(ContainerDirectory directory, LogSettings log, ContainerState state) {
		Container container = new Container(this.machinery, directory, log, state, this.owner);
		this.all.put(directory.id(), container);
		return container;
	}

	public Optional<Container> find(ContainerId id) {
		return Optional.ofNullable(this.all.get(id));
	}

	/**
	 * The exec instance with this id, of whichever container; an ended one for a while.
	 */
	public Optional<Exec> findExec(ExecId id) {
		return this.all.values()
			.stream()
			.flatMap((container) -> container.life().execs().find(id).stream())
			.findFirst();
	}

	public Collection<Container> all() {
		return List.copyOf(this.all.values());
	}

	/**
	 * Takes back what an earlier service left: running containers get their streams and
	 * exit status again, ended ones their state, unknown ones are removed with all they
	 * hold. A known one of which nothing is left, because its removal was under way, is
	 * not made again: {@link #find} does not find it. Whoever wants to be told of ends
	 * that nobody saw calls {@link #onExit} first.
	 * @param known the containers that shall exist
	 */
	public void recover(Map<ContainerId, LogSettings> known) {
		this.trash.empty();
		Recovery recovery = new Recovery(this.machinery, this.trash);
		for (ContainerDirectory directory : directories()) {
			try {
				recover(recovery, directory, known);
			}
			catch (RuntimeException ex) {
				// one that is beyond repair must not keep the others from being taken
				// back
				LOG.error("container {} could not be recovered", directory.id(), ex);
			}
		}
		this.runs.recovered();
	}

	private void recover(Recovery recovery, ContainerDirectory directory, Map<ContainerId, LogSettings> known) {
		LogSettings log = known.get(directory.id());
		StateFile stateFile = new StateFile(directory.state());
		ContainerState state = stateFile.read().orElse(ContainerState.CREATED);
		if (log == null || state.phase() == ContainerState.Phase.REMOVING) {
			recovery.remove(directory);
			return;
		}
		Container container = add(directory, log, state);
		if (!recovery.takeBack(container, directory)) {
			tellOfExit(container);
		}
	}

	private List<ContainerDirectory> directories() {
		Path containers = this.dataRoot.resolve("containers");
		if (Files.notExists(containers)) {
			return List.of();
		}
		try (var names = Files.list(containers)) {
			return names.map((path) -> path.getFileName().toString())
				.filter((name) -> name.matches("[0-9a-f]{64}"))
				.map((name) -> directory(new ContainerId(name)))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("list " + containers, ex);
		}
	}

	/**
	 * Tells of every end of a run, on a thread of its own, before {@code exit} completes.
	 */
	public void onExit(Consumer<Container> listener) {
		this.exitListeners.add(listener);
	}

	private void tellOfExit(Container container) {
		for (Consumer<Container> listener : this.exitListeners) {
			try {
				listener.accept(container);
			}
			catch (RuntimeException ex) {
				LOG.error("a listener failed at the end of container {}", container.id(), ex);
			}
		}
	}

	private Runnable forget(Container container) {
		ContainerDirectory directory = directory(container.id());
		this.all.remove(container.id());
		return () -> {
			this.trash.take(directory.run());
			this.trash.take(directory.data());
		};
	}

	private ContainerDirectory directory(ContainerId id) {
		return ContainerDirectory.of(this.dataRoot, this.runRoot, id);
	}

	/**
	 * Lets go of everything; containers run on. Finishes what is being cleaned up. Safe
	 * to repeat: a bean container may close them besides the engine.
	 */
	@Override
	public void close() {
		if (this.closed.getAndSet(true)) {
			return;
		}
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.machinery.loop().execute(() -> {
			this.all.values().forEach((container) -> container.life().letGo());
			done.complete(null);
		});
		done.join();
		this.machinery.background().shutdown();
		try {
			if (!this.machinery.background().awaitTermination(CLEAN_UP.toSeconds(), TimeUnit.SECONDS)) {
				LOG.warn("ended containers are still being removed");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.machinery.loop().close();
		this.runs.close();
	}

}
