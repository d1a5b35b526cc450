package dev.caisson.platform.system;

import dev.caisson.engine.EngineSettings;
import dev.caisson.engine.IsolationEngine;
import dev.caisson.engine.RootRefusedException;
import dev.caisson.engine.container.Container;
import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.network.NetworkSettings;
import dev.caisson.engine.spec.CidrBlock;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.server.StartRefusedException;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Opens the engine with the service and closes it with the service. */
@Configuration(proxyBeanMethods = false)
class EngineConfiguration {

	/** Closing lets go of the containers; they run on. */
	@Bean(destroyMethod = "close")
	IsolationEngine isolationEngine(CaissonSettings settings) {
		try {
			return IsolationEngine.open(new EngineSettings(settings.dataRoot(), settings.runRoot(),
					settings.cgroupParent(), network(settings.network())));
		}
		catch (RootRefusedException ex) {
			throw new StartRefusedException(ex.getMessage(), "stop that one, or choose another directory with "
					+ (ex.root().equals(settings.runRoot()) ? "--run-root" : "--data-root"), ex);
		}
	}

	private static NetworkSettings network(CaissonSettings.Network network) {
		try {
			return new NetworkSettings(network.bridge(),
					network.subnet().isEmpty() ? null : CidrBlock.parse(network.subnet()), network.mtu(),
					network.publishAddress().isEmpty() ? null : IpAddress.parse(network.publishAddress()));
		}
		catch (IllegalArgumentException ex) {
			throw new StartRefusedException(ex.getMessage(), "correct caisson.network.* in the settings", ex);
		}
	}

	@Bean(destroyMethod = "")
	ImageStore imageStore(IsolationEngine engine) {
		return engine.images();
	}

	@Bean
	Inventory inventory(IsolationEngine engine) {
		return () -> {
			int running = 0;
			int paused = 0;
			int stopped = 0;
			for (Container container : engine.containers().all()) {
				ContainerState.Phase phase = container.state().phase();
				switch (phase) {
					case RUNNING -> running++;
					case PAUSED -> paused++;
					case CREATED, EXITED, REMOVING -> stopped++;
				}
			}
			return new Inventory.Figures(running, paused, stopped, engine.images().list().size());
		};
	}

}
