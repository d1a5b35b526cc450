package dev.caisson.platform.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.container.FileChange;
import dev.caisson.engine.container.FileRefusedException;
import dev.caisson.engine.container.PathStatus;
import dev.caisson.engine.image.Compression;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.tar.InvalidTarException;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.server.DiskWork;
import dev.caisson.platform.server.QueryFlag;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Files out of containers and into them: what {@code docker cp} and {@code diff} use. */
@RestController
@RequestMapping("/containers/{reference}")
final class ArchiveController {

	private static final String TAR = "application/x-tar";

	private final ContainerRegistry registry;

	private final ContainerEvents events;

	private final ContainerSpecs specs;

	private final ImageStore images;

	private final Volumes volumes;

	private final JsonMapper json;

	ArchiveController(ContainerRegistry registry, ContainerEvents events, ContainerSpecs specs, ImageStore images,
			Volumes volumes, JsonMapper json) {
		this.registry = registry;
		this.events = events;
		this.specs = specs;
		this.images = images;
		this.volumes = volumes;
		this.json = json;
	}

	@RequestMapping(path = "/archive", method = RequestMethod.HEAD)
	void status(@PathVariable String reference, @RequestParam(defaultValue = "") String path,
			HttpServletResponse response) throws IOException {
		ContainerEntry entry = find(reference, path);
		ContainerSpec spec = this.specs.of(entry);
		try {
			PathStatus status = work("archive-status", entry, () -> entry.container().files().status(spec, path));
			response.setHeader("X-Docker-Container-Path-Stat", encode(status));
		}
		catch (FileRefusedException ex) {
			throw unreadable(ex, reference, path);
		}
	}

	@GetMapping("/archive")
	void read(@PathVariable String reference, @RequestParam(defaultValue = "") String path,
			HttpServletResponse response) throws IOException {
		ContainerEntry entry = find(reference, path);
		ContainerSpec spec = this.specs.of(entry);
		try {
			OutputStream out = response.getOutputStream();
			work("archive-read", entry, () -> {
				entry.container().files().read(spec, path, (status) -> {
					response.setContentType(TAR);
					response.setHeader("X-Docker-Container-Path-Stat", encode(status));
				}, out);
				return true;
			});
		}
		catch (FileRefusedException ex) {
			throw unreadable(ex, reference, path);
		}
		this.events.publish(entry, "archive-path");
	}

	@PutMapping("/archive")
	void write(@PathVariable String reference, @RequestParam(defaultValue = "") String path,
			@RequestParam(required = false) @Nullable String noOverwriteDirNonDir,
			@RequestParam(name = "copyUIDGID", required = false) @Nullable String copyOwner, InputStream body)
			throws IOException {
		ContainerEntry entry = find(reference, path);
		ContainerSpec spec = this.specs.of(entry);
		String owner = QueryFlag.isTrue(copyOwner) ? entry.definition().config().user() : "";
		try {
			work("archive-write", entry, () -> {
				try (InputStream archive = Compression.unpackAny(body)) {
					entry.container().files().write(spec, path, archive, QueryFlag.isTrue(noOverwriteDirNonDir), owner);
				}
				return true;
			});
		}
		catch (FileRefusedException ex) {
			throw unwritable(ex, reference, path);
		}
		catch (InvalidTarException ex) {
			throw new BadParameterException(String.valueOf(ex.getMessage()));
		}
		this.events.publish(entry, "extract-to-dir");
	}

	@GetMapping("/changes")
	List<ChangeView> changes(@PathVariable String reference) throws IOException {
		ContainerEntry entry = this.registry.find(reference);
		return DiskWork.call("changes", () -> entry.container().files().changes(this.images.layers(entry.imageId())))
			.stream()
			.map(ChangeView::of)
			.toList();
	}

	@GetMapping("/export")
	void export(@PathVariable String reference, HttpServletResponse response) throws IOException {
		ContainerEntry entry = this.registry.find(reference);
		response.setContentType(TAR);
		OutputStream out = response.getOutputStream();
		DiskWork.call("export", () -> {
			entry.container().files().writeAll(this.images.layers(entry.imageId()), out);
			return true;
		});
		this.events.publish(entry, "export");
	}

	/** With the volumes of a container that does not run mounted, too. */
	private <T> T work(String name, ContainerEntry entry, Callable<T> work) throws IOException {
		boolean live = entry.isLive();
		if (!live) {
			this.volumes.mountForCopy(entry);
		}
		try {
			return DiskWork.call(name, work);
		}
		finally {
			if (!live) {
				this.volumes.unmountAfterCopy(entry);
			}
		}
	}

	private ContainerEntry find(String reference, String path) {
		if (path.isEmpty()) {
			// the missing space is Docker's
			throw new BadParameterException("bad parameter: pathcannot be empty");
		}
		return this.registry.find(reference);
	}

	private static PathRefusedException unreadable(FileRefusedException ex, String reference, String path) {
		return switch (ex.reason()) {
			case NOT_FOUND, NOT_A_DIRECTORY, KERNEL_FILES -> notFound(reference, path, ex);
			case ROOT_READ_ONLY, VOLUME_READ_ONLY -> throw ex;
		};
	}

	private static PathRefusedException unwritable(FileRefusedException ex, String reference, String path) {
		return switch (ex.reason()) {
			case NOT_FOUND -> notFound(reference, path, ex);
			case NOT_A_DIRECTORY -> new PathRefusedException(400, "extraction point is not a directory", ex);
			case ROOT_READ_ONLY -> new PathRefusedException(403, "container rootfs is marked read-only", ex);
			case VOLUME_READ_ONLY -> new PathRefusedException(403, "mounted volume is marked read-only", ex);
			case KERNEL_FILES -> new PathRefusedException(400, String.valueOf(ex.getMessage()), ex);
		};
	}

	private static PathRefusedException notFound(String reference, String path, FileRefusedException ex) {
		return new PathRefusedException(404, "Could not find the file " + path + " in container " + reference, ex);
	}

	private String encode(PathStatus status) {
		Map<String, Object> view = new LinkedHashMap<>();
		view.put("name", status.name());
		view.put("size", status.size());
		view.put("mode", GoFileMode.of(status.mode()));
		view.put("mtime", status.modified().toString());
		view.put("linkTarget", status.linkTarget());
		return Base64.getEncoder().encodeToString(this.json.writeValueAsString(view).getBytes(StandardCharsets.UTF_8));
	}

	/** Docker's ContainerChangeResponseItem. */
	record ChangeView(@JsonProperty("Kind") int kind, @JsonProperty("Path") String path) {

		static ChangeView of(FileChange change) {
			return new ChangeView(change.kind().ordinal(), change.path());
		}

	}

	/** The bits of Go's os.FileMode, which Docker's API shows (io/fs/fs.go). */
	private static final class GoFileMode {

		private static final long DIRECTORY = 1L << 31, LINK = 1 << 27, DEVICE = 1 << 26, PIPE = 1 << 25,
				SOCKET = 1 << 24, SET_UID = 1 << 23, SET_GID = 1 << 22, CHARACTER_DEVICE = 1 << 21, STICKY = 1 << 20;

		static long of(int mode) {
			long bits = mode & 0777;
			bits |= ((mode & 04000) != 0) ? SET_UID : 0;
			bits |= ((mode & 02000) != 0) ? SET_GID : 0;
			bits |= ((mode & 01000) != 0) ? STICKY : 0;
			return bits | switch (mode & FileStatus.S_IFMT) {
				case FileStatus.S_IFDIR -> DIRECTORY;
				case FileStatus.S_IFLNK -> LINK;
				case FileStatus.S_IFBLK -> DEVICE;
				case FileStatus.S_IFCHR -> DEVICE | CHARACTER_DEVICE;
				case FileStatus.S_IFIFO -> PIPE;
				case FileStatus.S_IFSOCK -> SOCKET;
				default -> 0;
			};
		}

	}

}
