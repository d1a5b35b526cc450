package dev.caisson.platform.container.definition;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The part of a container's definition that does not depend on the host: Docker's
 * {@code Config}, see ContainerConfig in its API. Missing strings are empty, missing
 * lists and maps are empty unless marked nullable.
 *
 * @param hostname empty: made from the id
 * @param domainname may be empty
 * @param user {@code user[:group]}; empty: the image's, then root
 * @param attachStdin shown only
 * @param attachStdout shown only
 * @param attachStderr shown only
 * @param exposedPorts {@code 80/tcp} and empty objects
 * @param tty whether there is a terminal
 * @param openStdin whether stdin is open
 * @param stdinOnce whether it ends with the first client that had it
 * @param env {@code NAME=value}; {@code NAME} alone takes a variable away
 * @param cmd null: the image's
 * @param healthcheck null: the image's
 * @param argsEscaped of Windows, kept
 * @param image as the client named it
 * @param volumes paths and empty objects
 * @param workingDir empty: the image's, then {@code /}
 * @param entrypoint null: the image's; one empty string: none
 * @param networkDisabled whether there is no network but the loopback
 * @param macAddress of the first network, in old clients' requests
 * @param onBuild of images
 * @param labels free
 * @param stopSignal name or number; null: the image's, then SIGTERM
 * @param stopTimeout seconds; null: the default
 * @param shell of images
 */
@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ContainerConfig(String hostname, String domainname, String user, boolean attachStdin,
		boolean attachStdout, boolean attachStderr, Map<String, Empty> exposedPorts, boolean tty, boolean openStdin,
		boolean stdinOnce, List<String> env,
		@JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> cmd,
		@Nullable HealthConfig healthcheck, @Nullable Boolean argsEscaped, String image, Map<String, Empty> volumes,
		String workingDir,
		@JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> entrypoint,
		@Nullable Boolean networkDisabled, @Nullable String macAddress, @Nullable List<String> onBuild,
		Map<String, String> labels, @Nullable String stopSignal, @Nullable Integer stopTimeout,
		@JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> shell) {

	public ContainerConfig {
		hostname = Absent.text(hostname);
		domainname = Absent.text(domainname);
		user = Absent.text(user);
		image = Absent.text(image);
		workingDir = Absent.text(workingDir);
		exposedPorts = new TreeMap<>(Absent.map(exposedPorts));
		volumes = new TreeMap<>(Absent.map(volumes));
		labels = new LinkedHashMap<>(Absent.map(labels));
		env = Absent.list(env);
		// the API's reader cannot tell null from an empty list here, but Docker's merging
		// can
		cmd = Absent.listOrNull(cmd);
		entrypoint = Absent.listOrNull(entrypoint);
		shell = Absent.listOrNull(shell);
		onBuild = Absent.listOrNull(onBuild);
	}

	/** Entry point and command together. */
	public List<String> commandLine() {
		return java.util.stream.Stream.of(Absent.list(this.entrypoint), Absent.list(this.cmd))
			.flatMap(List::stream)
			.toList();
	}

	/** {@code {}}: what Go writes for a member of a set. */
	public record Empty() {
	}

	/**
	 * How a container's health is found out.
	 *
	 * @param test {@code NONE}, {@code CMD} or {@code CMD-SHELL} and what follows; empty:
	 * the image's
	 * @param interval nanoseconds
	 * @param timeout nanoseconds
	 * @param startPeriod nanoseconds
	 * @param startInterval nanoseconds
	 * @param retries failures in a row
	 */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_DEFAULT)
	public record HealthConfig(List<String> test, long interval, long timeout, long startPeriod, long startInterval,
			int retries) {

		public HealthConfig {
			test = Absent.list(test);
		}

	}

}
