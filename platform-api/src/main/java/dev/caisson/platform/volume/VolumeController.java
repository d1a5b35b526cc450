package dev.caisson.platform.volume;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.platform.event.EventLog;
import dev.caisson.platform.server.ApiVersion;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryFlag;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Volumes. */
@RestController
@RequestMapping("/volumes")
final class VolumeController {

	private final VolumeStore volumes;

	private final EventLog events;

	VolumeController(VolumeStore volumes, EventLog events) {
		this.volumes = volumes;
		this.events = events;
	}

	@GetMapping
	ListView list(@RequestParam(required = false) @Nullable String filters) {
		Predicate<Volume> wanted = VolumeFilter.ofList(ListFilters.parse(filters), this.volumes);
		return new ListView(this.volumes.list().stream().filter(wanted).map(VolumeView::of).toList(), List.of());
	}

	@PostMapping("/create")
	@ResponseStatus(HttpStatus.CREATED)
	VolumeView create(@RequestBody CreateView request) {
		return VolumeView
			.of(this.volumes.create(request.name(), request.driver(), request.options(), request.labels()));
	}

	@GetMapping("/{name}")
	VolumeView inspect(@PathVariable String name) {
		return VolumeView.of(this.volumes.find(name));
	}

	/** With {@code force}, one that is not there is as good as removed. */
	@DeleteMapping("/{name}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void remove(@PathVariable String name, @RequestParam(required = false) @Nullable String force) {
		boolean there = this.volumes.list().stream().anyMatch((volume) -> volume.name().equals(name));
		if (there || !QueryFlag.isTrue(force)) {
			this.volumes.remove(name);
		}
	}

	/** Since 1.42, those with names stay unless the client asks for all. */
	@PostMapping("/prune")
	PruneView prune(@RequestParam(required = false) @Nullable String filters, ApiVersion version) {
		VolumeStore.Pruned pruned = this.volumes
			.prune(VolumeFilter.ofPrune(ListFilters.parse(filters), !version.isAtLeast(1, 42)));
		this.events.publish("volume", "prune", "", Map.of("reclaimed", Long.toString(pruned.bytes())));
		return new PruneView(new ArrayList<>(pruned.names()), pruned.bytes());
	}

	/** Docker's VolumeListResponse. */
	record ListView(@JsonProperty("Volumes") List<VolumeView> volumes,
			@JsonProperty("Warnings") List<String> warnings) {
	}

	/** Docker's VolumeCreateOptions. */
	record CreateView(@JsonProperty("Name") String name, @JsonProperty("Driver") String driver,
			@JsonProperty("DriverOpts") Map<String, String> options,
			@JsonProperty("Labels") Map<String, String> labels) {

		CreateView {
			name = (name != null) ? name : "";
			driver = (driver != null) ? driver : "";
			options = (options != null) ? options : Map.of();
			labels = (labels != null) ? labels : Map.of();
		}

	}

	/** Docker's VolumePruneResponse. */
	record PruneView(@JsonProperty("VolumesDeleted") List<String> volumes,
			@JsonProperty("SpaceReclaimed") long reclaimed) {
	}

}
