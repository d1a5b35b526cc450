package dev.caisson.engine.rootfs;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import dev.caisson.engine.launch.Arg;

/**
 * Steps that make, name by name, what is missing on the way to a path. Each directory is
 * opened anew under the rule for symbolic links, and the next name made in it, so that no
 * link can lead the making elsewhere.
 *
 * @param steps where they are added
 * @param straight whether a symbolic link on the way is an error, or followed inside
 * @param opened directories that earlier steps have made and opened
 */
record Targets(MountSteps steps, boolean straight, Map<String, Arg> opened) {

	Targets(MountSteps steps, boolean straight) {
		this(steps, straight, new HashMap<>());
	}

	/** Makes a directory or an empty file. */
	void make(String path, boolean directory) {
		Arg parent = makeParent(path);
		if (directory) {
			this.steps.directory(parent, lastName(path), 0755, path);
		}
		else {
			this.steps.file(parent, lastName(path), path);
		}
	}

	/** Makes all of a path but its last name, and opens that. */
	Arg makeParent(String path) {
		Arg parent = MountSteps.HERE;
		for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
			String here = path.substring(0, slash);
			Arg known = this.opened.get(here);
			if (known == null) {
				this.steps.directory(parent, lastName(here), 0755, here);
				known = place(here);
				this.opened.put(here, known);
			}
			parent = known;
		}
		return parent;
	}

	Arg place(String path) {
		return this.straight ? this.steps.straightPlace(path) : this.steps.place(path, Set.of());
	}

	static String lastName(String path) {
		return path.substring(path.lastIndexOf('/') + 1);
	}

}
