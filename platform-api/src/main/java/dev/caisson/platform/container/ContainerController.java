package dev.caisson.platform.container;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.platform.access.AccessRefusedException;
import dev.caisson.platform.access.Caller;
import dev.caisson.platform.container.definition.CreateRequest;
import dev.caisson.platform.container.definition.UpdateRequest;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryFlag;
import dev.caisson.platform.server.RequestNotes;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Containers, but for their streams. */
@RestController
@RequestMapping("/containers")
final class ContainerController {

	/** Bytes; more is refused before it is parsed. */
	private static final int LONGEST_BODY = 4 << 20;

	private final ContainerRegistry registry;

	private final ContainerCreation creation;

	private final ContainerLifecycle lifecycle;

	private final ContainerListing listing;

	private final ContainerInspection inspection;

	private final ContainerUpdates updates;

	private final ContainerPruning pruning;

	ContainerController(ContainerRegistry registry, ContainerCreation creation, ContainerLifecycle lifecycle,
			ContainerListing listing, ContainerInspection inspection, ContainerUpdates updates,
			ContainerPruning pruning) {
		this.registry = registry;
		this.creation = creation;
		this.lifecycle = lifecycle;
		this.listing = listing;
		this.inspection = inspection;
		this.updates = updates;
		this.pruning = pruning;
	}

	@PostMapping("/create")
	@ResponseStatus(HttpStatus.CREATED)
	CreatedView create(HttpServletRequest request, @RequestParam(defaultValue = "") String name) throws IOException {
		String type = request.getContentType();
		if (type != null && !type.toLowerCase(Locale.ROOT).contains("json")) {
			throw new BadParameterException(
					"unsupported Content-Type header (" + type + "): must be 'application/json'");
		}
		CreateRequest wanted = CreateRequest.parse(body(request));
		checkScope(request, wanted);
		ContainerCreation.Created created = this.creation.create(name, wanted);
		RequestNotes.target("containers/" + created.id().value());
		return new CreatedView(created.id().value(), created.warnings());
	}

	/** Whoever may see only containers with a label may make only such. */
	private static void checkScope(HttpServletRequest request, CreateRequest wanted) {
		Caller.of(request).filter(Caller::isScoped).ifPresent((caller) -> {
			String[] label = caller.label().split("=", 2);
			if (!label[1].equals(wanted.config().labels().get(label[0]))) {
				throw new AccessRefusedException("this token makes containers with the label " + caller.label()
						+ ": add --label " + caller.label());
			}
		});
	}

	private static byte[] body(HttpServletRequest request) throws IOException {
		try (InputStream body = request.getInputStream()) {
			byte[] bytes = body.readNBytes(LONGEST_BODY + 1);
			if (bytes.length > LONGEST_BODY) {
				throw new BadParameterException("the request is too long");
			}
			return bytes;
		}
	}

	@GetMapping("/json")
	List<ContainerSummary> list(HttpServletRequest request, @RequestParam(required = false) @Nullable String all,
			@RequestParam(required = false) @Nullable String limit,
			@RequestParam(required = false) @Nullable String size,
			@RequestParam(required = false) @Nullable String since,
			@RequestParam(required = false) @Nullable String before,
			@RequestParam(required = false) @Nullable String filters) {
		ListFilters parsed = ListFilters.parse(filters)
			.and("since", since)
			.and("before", before)
			.and("label", Caller.of(request).map(Caller::label).orElse(""));
		return this.listing.list(parsed, QueryFlag.isTrue(all), QueryFlag.number("limit", limit),
				QueryFlag.isTrue(size));
	}

	@GetMapping("/{reference}/json")
	InspectedContainer inspect(@PathVariable String reference, @RequestParam(required = false) @Nullable String size) {
		return this.inspection.inspect(this.registry.find(reference), QueryFlag.isTrue(size));
	}

	@PostMapping("/{reference}/start")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void start(@PathVariable String reference) {
		this.lifecycle.start(this.registry.find(reference));
	}

	@PostMapping("/{reference}/stop")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void stop(@PathVariable String reference, @RequestParam(required = false) @Nullable String t,
			@RequestParam(defaultValue = "") String signal) {
		this.lifecycle.stop(this.registry.find(reference), QueryFlag.number("t", t), signal);
	}

	@PostMapping("/{reference}/restart")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void restart(@PathVariable String reference, @RequestParam(required = false) @Nullable String t,
			@RequestParam(defaultValue = "") String signal) {
		this.lifecycle.restart(this.registry.find(reference), QueryFlag.number("t", t), signal);
	}

	@PostMapping("/{reference}/kill")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void kill(@PathVariable String reference, @RequestParam(defaultValue = "") String signal) {
		this.lifecycle.kill(this.registry.find(reference), reference, signal);
	}

	@PostMapping("/{reference}/pause")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void pause(@PathVariable String reference) {
		this.lifecycle.pause(this.registry.find(reference));
	}

	@PostMapping("/{reference}/unpause")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void unpause(@PathVariable String reference) {
		this.lifecycle.unpause(this.registry.find(reference));
	}

	@PostMapping("/{reference}/rename")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void rename(@PathVariable String reference, @RequestParam(defaultValue = "") String name) {
		this.lifecycle.rename(this.registry.find(reference), name);
	}

	@PostMapping("/{reference}/update")
	UpdateView update(@PathVariable String reference, HttpServletRequest request) throws IOException {
		ContainerEntry entry = this.registry.find(reference);
		return new UpdateView(this.updates.update(entry, UpdateRequest.parse(body(request))));
	}

	@PostMapping("/prune")
	ContainerPruning.PruneView prune(@RequestParam(required = false) @Nullable String filters) {
		return this.pruning.prune(ListFilters.parse(filters));
	}

	@DeleteMapping("/{reference}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void remove(@PathVariable String reference, @RequestParam(required = false) @Nullable String force,
			@RequestParam(required = false) @Nullable String v) {
		this.lifecycle.remove(this.registry.find(reference), QueryFlag.isTrue(force), QueryFlag.isTrue(v));
	}

	/** Docker's ContainerUpdateResponse. */
	record UpdateView(@JsonProperty("Warnings") List<String> warnings) {
	}

	/** Docker's ContainerCreateResponse. */
	record CreatedView(@JsonProperty("Id") String id, @JsonProperty("Warnings") List<String> warnings) {
	}

}
