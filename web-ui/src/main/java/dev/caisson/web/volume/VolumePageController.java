package dev.caisson.web.volume;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import dev.caisson.platform.volume.Volume;
import dev.caisson.platform.volume.VolumeStore;
import dev.caisson.web.frame.Quantity;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The volumes, each with the containers that use it. */
@Controller
final class VolumePageController {

	private final VolumeStore volumes;

	VolumePageController(VolumeStore volumes) {
		this.volumes = volumes;
	}

	@GetMapping("/ui/volumes")
	String list(Model model) {
		model.addAttribute("volumes",
				this.volumes.list().stream().sorted(Comparator.comparing(Volume::name)).map(this::row).toList());
		return "volumes";
	}

	private Row row(Volume volume) {
		return new Row(volume.isAnonymous() ? Quantity.id(volume.name()) : volume.name(), volume.name(),
				volume.isAnonymous(), volume.created(), volume.mountpoint().toString(),
				this.volumes.users(volume.name())
					.stream()
					.sorted()
					.map((id) -> new User(id, Quantity.id(id)))
					.toList());
	}

	/** A line of the list. */
	public record Row(String name, String whole, boolean anonymous, Instant created, String path, List<User> users) {
	}

	/** A container that uses it. */
	public record User(String id, String shortId) {
	}

}
