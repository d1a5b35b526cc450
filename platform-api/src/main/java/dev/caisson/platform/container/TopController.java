package dev.caisson.platform.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.platform.server.BadParameterException;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The processes of a container, as the host's ps(1) shows them. */
@RestController
final class TopController {

	private static final String PLAIN_ARGUMENTS = "[A-Za-z0-9 ,._=:+-]*";

	private final ContainerRegistry registry;

	private final ContainerEvents events;

	TopController(ContainerRegistry registry, ContainerEvents events) {
		this.registry = registry;
		this.events = events;
	}

	@GetMapping("/containers/{reference}/top")
	TopView top(@PathVariable String reference, @RequestParam(name = "ps_args", defaultValue = "-ef") String arguments)
			throws IOException {
		ContainerEntry entry = this.registry.find(reference);
		if (entry.restarts().isWaiting()) {
			throw ContainerConflictException.restarting(entry);
		}
		if (!entry.isLive()) {
			throw ContainerConflictException.notRunning(entry);
		}
		if (!arguments.matches(PLAIN_ARGUMENTS)) {
			throw new BadParameterException("invalid ps arguments: " + arguments);
		}
		TopView view = select(ps(arguments), new HashSet<>(entry.container().processes()));
		this.events.publish(entry, "top");
		return view;
	}

	private static List<String> ps(String arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of("ps"));
		for (String argument : arguments.strip().split(" +")) {
			if (!argument.isEmpty()) {
				command.add(argument);
			}
		}
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (BufferedReader output = process.inputReader()) {
			List<String> lines = output.lines().toList();
			if (process.waitFor() != 0) {
				throw new BadParameterException("ps: " + String.join(" ", lines));
			}
			return lines;
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while ps runs", ex);
		}
	}

	private static TopView select(List<String> lines, Set<Integer> processes) {
		List<String> titles = lines.isEmpty() ? List.of() : List.of(lines.getFirst().strip().split("\\s+"));
		int pid = titles.indexOf("PID");
		if (pid < 0) {
			throw new BadParameterException("Couldn't find PID field in ps output");
		}
		List<List<String>> rows = new ArrayList<>();
		for (String line : lines.subList(1, lines.size())) {
			// the last column is the command, with spaces in it
			List<String> fields = List.of(line.strip().split("\\s+", titles.size()));
			if (fields.size() > pid && processes.contains(Integer.valueOf(fields.get(pid)))) {
				rows.add(fields);
			}
		}
		return new TopView(titles, rows);
	}

	/** Docker's ContainerTopResponse. */
	record TopView(@JsonProperty("Titles") List<String> titles, @JsonProperty("Processes") List<List<String>> rows) {
	}

}
