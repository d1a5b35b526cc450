package dev.caisson.engine.rootfs;

import java.util.Set;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;

/**
 * The user's mounts and the service's files below /etc. Those that go into /proc, /sys or
 * /dev come after these exist; all others before, when no link can lead there.
 */
final class UserMounts {

	private final RootPlan root;

	private final LaunchPlan.Builder plan;

	private final MountSteps steps;

	UserMounts(RootPlan root, LaunchPlan.Builder plan, MountSteps steps) {
		this.root = root;
		this.plan = plan;
		this.steps = steps;
	}

	void attachEarly() {
		boolean first = true;
		Targets targets = new Targets(this.steps, false);
		for (Attachment attachment : this.root.attachments()) {
			if (!isLate(attachment)) {
				// the service has made the target in the root, but an outer mount may
				// hide it
				attach(attachment, this.root.shifted() || !first, targets);
				first = first && !attachment.directory();
				// what was opened before may be hidden now
				targets = attachment.directory() ? new Targets(this.steps, false) : targets;
			}
		}
	}

	void attachLate() {
		for (Attachment attachment : this.root.attachments()) {
			if (isLate(attachment)) {
				attach(attachment, true, new Targets(this.steps, true));
			}
		}
	}

	/**
	 * Where nobody else can: the service in a shifted root, a later step in a read-only
	 * one.
	 */
	void makeWorkingDirectory() {
		String directory = RootFilesystem.normalize(this.root.spec().process().workingDirectory());
		if (this.root.shifted() && this.root.spec().root().readOnly() && !directory.equals("/")) {
			new Targets(this.steps, false).make(directory, true);
		}
	}

	static boolean isLate(Attachment attachment) {
		return attachment.within("/proc") || attachment.within("/sys") || attachment.within("/dev");
	}

	private void attach(Attachment attachment, boolean make, Targets targets) {
		if (make) {
			targets.make(attachment.target(), attachment.directory());
		}
		Arg place = targets.place(attachment.target());
		switch (attachment) {
			case Attachment.Bind(String target, String descriptor, boolean _) ->
				this.steps.move("mount " + target, this.plan.descriptor(descriptor), place, Set.of());
			case Attachment.Memory(String target, TmpfsOptions options, int mode) -> {
				this.steps.enter(target, place);
				this.steps.mountHere("tmpfs", target, options.flags(),
						options.text(mode, this.root.surroundings().label()));
				this.steps.goToRoot();
			}
		}
	}

}
