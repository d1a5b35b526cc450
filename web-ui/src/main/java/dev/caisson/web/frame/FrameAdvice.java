package dev.caisson.web.frame;

import java.time.Instant;
import java.util.Optional;

import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.access.Caller;
import dev.caisson.platform.access.Permission;
import dev.caisson.platform.audit.AuditReader;
import dev.caisson.platform.audit.AuditReader.Sealed;
import dev.caisson.platform.container.ContainerOverviews;
import dev.caisson.platform.network.NetworkService;
import dev.caisson.platform.volume.VolumeStore;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** Gives every page its frame. */
@ControllerAdvice(basePackages = "dev.caisson.web")
final class FrameAdvice {

	private final ContainerOverviews containers;

	private final ImageStore images;

	private final NetworkService networks;

	private final VolumeStore volumes;

	private final AuditReader audit;

	FrameAdvice(ContainerOverviews containers, ImageStore images, NetworkService networks, VolumeStore volumes,
			AuditReader audit) {
		this.containers = containers;
		this.images = images;
		this.networks = networks;
		this.volumes = volumes;
		this.audit = audit;
	}

	@ModelAttribute("frame")
	Frame frame(HttpServletRequest request) {
		Optional<Caller> caller = Caller.of(request);
		if (caller.isEmpty()) {
			// who is not known learns nothing
			return new Frame(CaissonSettings.version(), "", "", false, false, 0, 0, 0, 0, 0, null, 0);
		}
		return of(caller.get());
	}

	private Frame of(Caller caller) {
		Optional<Sealed> sealed = this.audit.sealed();
		@Nullable Instant time = sealed.map(Sealed::time).orElse(null);
		return new Frame(CaissonSettings.version(), caller.name(), caller.role().word(), caller.may(Permission.OPERATE),
				caller.may(Permission.AUDIT), this.containers.count(), this.images.list().size(),
				this.networks.all().size(), this.volumes.list().size(), this.audit.size(), time,
				sealed.map(Sealed::size).orElse(0L));
	}

}
