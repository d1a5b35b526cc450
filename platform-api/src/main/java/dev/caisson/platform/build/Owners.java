package dev.caisson.platform.build;

import java.nio.charset.StandardCharsets;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.rootfs.ResolvedUser;
import dev.caisson.engine.rootfs.UserDatabase;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.platform.build.source.Found;
import dev.caisson.platform.build.source.ImageTree;
import dev.caisson.platform.build.source.Ownership;
import dev.caisson.platform.build.source.SourceFile;
import org.jspecify.annotations.Nullable;

/** Finds out whose copies are: {@code --chown=user:group}, by the image's own files. */
final class Owners {

	private static final int LARGEST = 4 << 20;

	private Owners() {
	}

	/**
	 * Resolves an owner.
	 * @param keep whether copies are whose the originals are
	 * @throws BuildException if the image does not know a name
	 */
	static Ownership resolve(BuildImages images, @Nullable Image base, String owner, @Nullable Integer mode,
			boolean keep) throws IOException {
		if (owner.isEmpty()) {
			return new Ownership(keep ? null : new Ownership.Owner(0, 0), mode);
		}
		// a user alone is also the group of that name or number
		String both = owner.contains(":") ? owner : owner + ":" + owner;
		try (ImageTree tree = images.open(base)) {
			ResolvedUser user = UserDatabase.parse(text(tree.root(), "/etc/passwd"), text(tree.root(), "/etc/group"))
				.resolve(both, List.of());
			return new Ownership(new Ownership.Owner(user.uid(), user.gid()), mode);
		}
		catch (InvalidSpecException ex) {
			throw new BuildException("unable to convert uid/gid chown string to host mapping: " + ex.getMessage());
		}
	}

	private static String text(SourceFile root, String path) throws IOException {
		SourceFile file = Found.at(root, path).file();
		if (file == null || !file.isFile() || file.entry().stored() > LARGEST) {
			return "";
		}
		try (InputStream in = file.open()) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
