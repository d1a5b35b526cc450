package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.network.NetworkSettings;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkingSpec;
import dev.caisson.engine.spec.PublishedPort;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A host with networks, in the network namespace of the tests, and what tests ask of it.
 */
final class NetworkHost implements BeforeEachCallback, AfterEachCallback {

	static final LogSettings LOG = new LogSettings(1 << 20, 2);

	/** Of linux/sched.h. */
	private static final int CLONE_NEWNET = 0x40000000;

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private final TestRoots roots = new TestRoots();

	private Networks networks;

	private Containers containers;

	private Path layer;

	@Override
	public void beforeEach(ExtensionContext context) throws IOException {
		this.layer = BusyboxRoot.directory(this.roots.data().resolve("layer"));
		open();
	}

	void open() {
		this.networks = Networks.open(NetworkSettings.DEFAULT, this.roots.data(), this.roots.run());
		this.containers = Containers.open(this.roots.cgroup(), this.roots.data(), this.roots.run(), this.networks);
		this.networks.restore(List.of());
	}

	@Override
	public void afterEach(ExtensionContext context) throws IOException {
		for (Container container : this.containers.all()) {
			container.stop(9, Duration.ZERO);
			container.remove();
		}
		this.containers.close();
		this.roots.close();
	}

	Networks networks() {
		return this.networks;
	}

	Containers containers() {
		return this.containers;
	}

	TestRoots roots() {
		return this.roots;
	}

	NetworkId bridge() {
		return this.networks.defaultNetwork().orElseThrow().id();
	}

	SpecBuilder spec() {
		return new SpecBuilder(ContainerId.random(), this.layer)
			.networking(NetworkingSpec.of(List.of(EndpointSpec.on(bridge())), List.of()));
	}

	/** A container that waits, on the default network. */
	Container idle(PublishedPort... ports) {
		return start(spec().run("sleep", "1000")
			.networking(NetworkingSpec.of(List.of(EndpointSpec.on(bridge())), List.of(ports))));
	}

	/** A container that waits, on another network. */
	Container idleOn(NetworkId network) {
		return start(spec().run("sleep", "1000")
			.networking(NetworkingSpec.of(List.of(EndpointSpec.on(network)), List.of())));
	}

	Container start(SpecBuilder spec) {
		var built = spec.build();
		Container container = this.containers.create(built.id(), LOG);
		try {
			container.start(built);
			return container;
		}
		catch (RuntimeException ex) {
			container.remove();
			throw ex;
		}
	}

	Endpoint endpoint(Container container) {
		return this.networks.endpoints(container.id()).getFirst();
	}

	String ip(Container container) {
		return IpAddress.text(endpoint(container).ipv4().orElseThrow().address());
	}

	/** What a command in the container's network namespace prints, both streams. */
	static String inside(Container container, String... command) {
		return output(nsenter(container.state().pid(), command));
	}

	static boolean succeedsInside(Container container, String... command) {
		return exitCode(nsenter(container.state().pid(), command)) == 0;
	}

	static String[] nsenter(long pid, String... command) {
		String[] all = new String[command.length + 3];
		all[0] = "nsenter";
		all[1] = "--net=/proc/" + pid + "/ns/net";
		all[2] = "--";
		System.arraycopy(command, 0, all, 3, command.length);
		return all;
	}

	/** Opens a socket in a container's network namespace. */
	static <T> T openIn(Container container, Callable<T> opening) {
		CompletableFuture<T> opened = new CompletableFuture<>();
		// the thread stays in there, so it must not be used again
		Thread.ofPlatform().start(() -> {
			try (Fd namespace = Fd.open(Path.of("/proc/" + container.state().pid() + "/ns/net"), Fd.O_RDONLY)) {
				Linux.call(SystemCall.SETNS, "the container's network", namespace.number(), CLONE_NEWNET);
				opened.complete(opening.call());
			}
			catch (Exception ex) {
				opened.completeExceptionally(ex);
			}
		});
		return opened.join();
	}

	static String output(String... command) {
		try {
			Path file = Files.createTempFile("network", ".out");
			try {
				Process process = new ProcessBuilder(command).redirectErrorStream(true)
					.redirectOutput(file.toFile())
					.start();
				if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
					process.destroyForcibly();
					throw new AssertionError(String.join(" ", command) + " does not end");
				}
				return Files.readString(file, StandardCharsets.UTF_8);
			}
			finally {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

	static int exitCode(String... command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				process.destroyForcibly();
				throw new AssertionError(String.join(" ", command) + " does not end");
			}
			return process.exitValue();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

	static void await(String what, BooleanSupplier condition) {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > deadline) {
				throw new AssertionError("waited in vain for " + what);
			}
			try {
				Thread.sleep(20);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new AssertionError(ex);
			}
		}
	}

}
