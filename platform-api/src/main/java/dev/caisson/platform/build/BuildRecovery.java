package dev.caisson.platform.build;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.platform.container.StepContainers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Removes what builds left that were under way when an earlier service was killed: after
 * containers have been taken back, and before the first request is answered.
 */
@Component
final class BuildRecovery implements SmartLifecycle {

	private static final Logger log = LoggerFactory.getLogger(BuildRecovery.class);

	private final BuildDirectory directory;

	private final StepContainers containers;

	private volatile boolean running;

	BuildRecovery(BuildDirectory directory, StepContainers containers) {
		this.directory = directory;
		this.containers = containers;
	}

	@Override
	public void start() {
		this.running = true;
		this.directory.removeContexts();
		for (ContainerId id : this.directory.noted()) {
			try {
				this.containers.removeLeftover(id);
				this.directory.strike(id);
			}
			catch (RuntimeException ex) {
				log.warn("container {} of an interrupted build cannot be removed now, the next start will: {}", id,
						ex.getMessage());
			}
		}
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Before the web server's. */
	@Override
	public int getPhase() {
		return 0;
	}

}
