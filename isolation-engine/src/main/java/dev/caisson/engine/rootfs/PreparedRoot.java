package dev.caisson.engine.rootfs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.linux.Fd;

/**
 * A root file system that is ready for a launch: steps for the plan and the descriptors
 * that they name. Closing lets go of the descriptors; that is all there is to release,
 * because every mount made here is detached or in the container's own namespace, and safe
 * to repeat. Not thread-safe.
 */
public final class PreparedRoot implements AutoCloseable {

	private final RootPlan plan;

	private final Fd overlay;

	private final Map<String, Fd> opened;

	PreparedRoot(RootPlan plan, Fd overlay, Map<String, Fd> opened) {
		this.plan = plan;
		this.overlay = overlay;
		this.opened = opened;
	}

	/** Adds the steps of the container's first process. */
	public void plan(LaunchPlan.Builder builder) {
		this.plan.addTo(builder);
	}

	/** What the launcher must be given; all stay owned by this object or its maker. */
	public Map<String, Fd> descriptors() {
		Map<String, Fd> all = new LinkedHashMap<>(this.opened);
		all.put(RootPlan.ROOT, this.overlay);
		return all;
	}

	/** The nodes beyond the standard ones that the device cgroup must allow. */
	public List<DeviceNode> devices() {
		return this.plan.devices();
	}

	@Override
	public void close() {
		this.opened.values().forEach(Fd::close);
	}

}
