package dev.caisson.platform.container;

import java.io.IOException;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.container.Exec;
import dev.caisson.engine.container.LaunchFailedException;
import dev.caisson.platform.container.definition.ExecRequest;
import dev.caisson.platform.server.ApiVersion;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.Hijack;
import dev.caisson.platform.server.QueryFlag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Further processes in containers. */
@RestController
final class ExecController {

	private final ContainerRegistry registry;

	private final ContainerExecs execs;

	ExecController(ContainerRegistry registry, ContainerExecs execs) {
		this.registry = registry;
		this.execs = execs;
	}

	@PostMapping("/containers/{reference}/exec")
	@ResponseStatus(HttpStatus.CREATED)
	CreatedView create(@PathVariable String reference, HttpServletRequest request) throws IOException {
		ExecRequest wanted = ExecRequest.parse(request.getInputStream().readAllBytes());
		return new CreatedView(this.execs.create(this.registry.find(reference), reference, wanted).id().value());
	}

	/**
	 * A failure to start is told in the stream, for clients have been answered by then.
	 */
	@PostMapping("/exec/{id}/start")
	void start(@PathVariable String id, HttpServletRequest request, HttpServletResponse response, ApiVersion version)
			throws IOException {
		Exec exec = this.execs.find(id);
		ExecRequest.Start start = ExecRequest.Start.parse(request.getInputStream().readAllBytes());
		this.execs.checkStartable(exec);
		List<Integer> size = start.consoleSize();
		if (size != null) {
			exec.resize(size.get(0), size.get(1));
		}
		if (start.detach()) {
			startDetached(exec);
			return;
		}
		Hijack.start(request, response, Hijack.contentType(version, exec.spec().terminal()),
				new ExecAttachment(exec, this.execs));
	}

	private void startDetached(Exec exec) {
		try {
			this.execs.start(exec, null);
		}
		catch (LaunchFailedException ex) {
			throw new ExecFailedException(ex);
		}
	}

	@PostMapping("/exec/{id}/resize")
	void resize(@PathVariable String id, @RequestParam(required = false) @Nullable String h,
			@RequestParam(required = false) @Nullable String w) {
		Exec exec = this.execs.find(id);
		Integer rows = QueryFlag.number("h", h);
		Integer columns = QueryFlag.number("w", w);
		if (rows == null || columns == null || rows < 0 || columns < 0) {
			throw new BadParameterException("invalid size of the terminal: h and w must be numbers");
		}
		this.execs.resize(exec, rows, columns);
	}

	@GetMapping("/exec/{id}/json")
	InspectedExec inspect(@PathVariable String id) {
		return InspectedExec.of(this.execs.find(id));
	}

	/** Docker's IDResponse. */
	record CreatedView(@JsonProperty("Id") String id) {
	}

}
