package dev.caisson.engine;

import dev.caisson.engine.container.Containers;

/**
 * The isolation engine of this host. Closing it lets go of everything that it holds;
 * containers run on, and the next engine on the same roots takes them back. Safe for use
 * by many threads.
 */
public final class IsolationEngine implements AutoCloseable {

	private final EngineSettings settings;

	private final RootLock data;

	private final RootLock run;

	private final Containers containers;

	private IsolationEngine(EngineSettings settings, RootLock data, RootLock run) {
		this.settings = settings;
		this.data = data;
		this.run = run;
		this.containers = new Containers();
	}

	/**
	 * Opens the engine; as root.
	 * @throws RootRefusedException if a root cannot be used, or another engine has it
	 */
	public static IsolationEngine open(EngineSettings settings) {
		RootLock data = RootLock.take(settings.dataRoot(), "data root");
		try {
			RootLock run = RootLock.take(settings.runRoot(), "run root");
			return new IsolationEngine(settings, data, run);
		}
		catch (RuntimeException ex) {
			data.close();
			throw ex;
		}
	}

	public EngineSettings settings() {
		return this.settings;
	}

	public Containers containers() {
		return this.containers;
	}

	@Override
	public void close() {
		try (this.data; this.run) {
			this.containers.close();
		}
	}

}
