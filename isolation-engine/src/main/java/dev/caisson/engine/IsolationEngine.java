package dev.caisson.engine;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.caisson.engine.container.Containers;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.network.Networks;

/**
 * The isolation engine of this host. Closing it lets go of everything that it holds;
 * containers run on, and the next engine on the same roots takes them back. Safe for use
 * by many threads.
 */
public final class IsolationEngine implements AutoCloseable {

	private final EngineSettings settings;

	private final RootLock data;

	private final RootLock run;

	private final ImageStore images;

	private final Networks networks;

	private final Containers containers;

	private IsolationEngine(EngineSettings settings, RootLock data, RootLock run, ImageStore images, Networks networks,
			Containers containers) {
		this.settings = settings;
		this.data = data;
		this.run = run;
		this.images = images;
		this.networks = networks;
		this.containers = containers;
	}

	/**
	 * Opens the engine; as root.
	 * @throws RootRefusedException if a root cannot be used, or another engine has it
	 */
	public static IsolationEngine open(EngineSettings settings) {
		Deque<AutoCloseable> opened = new ArrayDeque<>();
		try {
			RootLock data = push(opened, RootLock.take(settings.dataRoot(), "data root"));
			RootLock run = push(opened, RootLock.take(settings.runRoot(), "run root"));
			ImageStore images = push(opened, ImageStore.open(settings.dataRoot()));
			Networks networks = push(opened,
					Networks.open(settings.network(), settings.dataRoot(), settings.runRoot()));
			Containers containers = push(opened,
					Containers.open(settings.cgroupParent(), settings.dataRoot(), settings.runRoot(), networks));
			return new IsolationEngine(settings, data, run, images, networks, containers);
		}
		catch (RuntimeException ex) {
			closeAll(opened, ex);
			throw ex;
		}
	}

	private static <T extends AutoCloseable> T push(Deque<AutoCloseable> opened, T part) {
		opened.push(part);
		return part;
	}

	private static void closeAll(Deque<AutoCloseable> opened, RuntimeException failure) {
		for (AutoCloseable part : opened) {
			try {
				part.close();
			}
			catch (Exception ex) {
				failure.addSuppressed(ex);
			}
		}
	}

	public EngineSettings settings() {
		return this.settings;
	}

	public ImageStore images() {
		return this.images;
	}

	/** What containers are connected to. */
	public Networks networks() {
		return this.networks;
	}

	public Containers containers() {
		return this.containers;
	}

	@Override
	public void close() {
		try (this.data; this.run; this.images) {
			this.containers.close();
		}
	}

}
