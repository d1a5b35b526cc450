package dev.caisson.platform.container.definition;

import java.util.Set;

import dev.caisson.engine.linux.SignalNumber;
import dev.caisson.engine.spec.InvalidSpecException;

/** What contradicts itself or asks for what is not there. */
final class Checks {

	private static final long LEAST_INTERVAL = 1_000_000;

	private Checks() {
	}

	static void config(ContainerConfig config) {
		refuse(config.commandLine().isEmpty(), "Config.Cmd", "no command specified");
		if (config.stopSignal() != null) {
			signal(config.stopSignal());
		}
		refuse(!config.workingDir().isEmpty() && !config.workingDir().startsWith("/"), "Config.WorkingDir",
				"the working directory '" + config.workingDir() + "' is invalid, it needs to be an absolute path");
		for (String entry : config.env()) {
			refuse(entry.isEmpty() || entry.startsWith("="), "Config.Env", "invalid environment variable: " + entry);
		}
		if (config.healthcheck() != null) {
			health(config.healthcheck());
		}
	}

	/**
	 * What a stop sends.
	 * @throws InvalidSpecException if there is no such signal
	 */
	static void signal(String text) {
		refuse(SignalNumber.parse(text).isEmpty(), "Config.StopSignal", "invalid signal: " + text);
	}

	private static void health(ContainerConfig.HealthConfig health) {
		least("Interval", health.interval());
		least("Timeout", health.timeout());
		least("StartPeriod", health.startPeriod());
		least("StartInterval", health.startInterval());
		refuse(health.retries() < 0, "Config.Healthcheck", "Retries in Healthcheck cannot be negative");
	}

	private static void least(String word, long nanos) {
		refuse(nanos != 0 && nanos < LEAST_INTERVAL, "Config.Healthcheck",
				word + " in Healthcheck cannot be less than 1ms");
	}

	static void host(ContainerConfig config, HostConfig host) {
		restartPolicy(host);
		network(config, host);
		refuse(!host.deviceRequests().isEmpty(), "HostConfig.DeviceRequests",
				"could not select device driver \""
						+ (host.deviceRequests().isEmpty() ? "" : host.deviceRequests().getFirst().driver()
								+ "\" with capabilities: " + host.deviceRequests().getFirst().capabilities()));
		refuse(!Set.of("caisson", "runc", "io.containerd.runc.v2").contains(host.runtime()), "HostConfig.Runtime",
				"unknown or invalid runtime name: " + host.runtime());
		refuse(!Set.of("", "default").contains(host.isolation()), "HostConfig.Isolation",
				"invalid isolation \"" + host.isolation() + "\" on linux");
		refuse(!Set.of("", "local").contains(host.volumeDriver()), "HostConfig.VolumeDriver",
				"error looking up volume plugin " + host.volumeDriver() + ": plugin \"" + host.volumeDriver()
						+ "\" not found");
		refuse(!host.storageOpt().isEmpty(), "HostConfig.StorageOpt",
				"--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
		refuse(!host.cgroupParent().isEmpty(), "HostConfig.CgroupParent",
				"HostConfig.CgroupParent is not supported: containers have control groups of their own");
		refuse(!host.links().isEmpty(), "HostConfig.Links",
				"HostConfig.Links is not supported: containers of one network find each other by name");
		refuse(host.oomScoreAdj() < -1000 || host.oomScoreAdj() > 1000, "HostConfig.OomScoreAdj",
				"Invalid value " + host.oomScoreAdj() + ", range for oom score adj is [-1000, 1000]");
	}

	static void restartPolicy(HostConfig host) {
		HostConfig.RestartPolicy policy = host.restartPolicy();
		refuse(!Set.of("no", "always", "unless-stopped", "on-failure").contains(policy.name()),
				"HostConfig.RestartPolicy", "invalid restart policy: unknown policy '" + policy.name()
						+ "'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
		refuse(policy.maximumRetryCount() < 0, "HostConfig.RestartPolicy",
				"invalid restart policy: maximum retry count cannot be negative");
		refuse(policy.maximumRetryCount() > 0 && !policy.name().equals("on-failure"), "HostConfig.RestartPolicy",
				"invalid restart policy: maximum retry count can only be used with 'on-failure'");
		refuse(host.autoRemove() && !policy.name().equals("no"), "HostConfig.AutoRemove",
				"can't create 'AutoRemove' container with restart policy");
	}

	private static void network(ContainerConfig config, HostConfig host) {
		boolean shared = host.networkMode().startsWith(NamespaceWords.OF_CONTAINER);
		refuse(shared && !config.hostname().isEmpty(), "Config.Hostname",
				"conflicting options: hostname and the network mode");
		refuse(host.utsMode().equals("host") && !config.hostname().isEmpty(), "Config.Hostname",
				"conflicting options: hostname and the UTS mode");
		refuse(shared && !host.dns().isEmpty(), "HostConfig.Dns", "conflicting options: dns and the network mode");
		refuse(shared && !host.extraHosts().isEmpty(), "HostConfig.ExtraHosts",
				"conflicting options: custom host-to-IP mapping and the network mode");
		refuse(shared && (!host.portBindings().isEmpty() || host.publishAllPorts()), "HostConfig.PortBindings",
				"conflicting options: port publishing and the container type network mode");
		refuse(shared && !config.exposedPorts().isEmpty(), "Config.ExposedPorts",
				"conflicting options: port exposing and the container type network mode");
		refuse(shared && config.macAddress() != null && !config.macAddress().isEmpty(), "Config.MacAddress",
				"conflicting options: mac-address and the network mode");
	}

	private static void refuse(boolean wrong, String field, String message) {
		if (wrong) {
			throw new InvalidSpecException(field, message);
		}
	}

}
