package dev.caisson.engine.container;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.rootfs.DeviceNode;
import dev.caisson.engine.spec.DeviceSpec;

/** Which devices a container may use, as rules of the device cgroup. */
final class DeviceAccess {

	/**
	 * Nodes may be made of everything; what may be opened are those of every container.
	 */
	private static final List<DeviceSpec.Rule> STANDARD = List.of(rule('c', -1, -1, "m"), rule('b', -1, -1, "m"),
			rule('c', 1, 3, "rwm"), rule('c', 1, 5, "rwm"), rule('c', 1, 7, "rwm"), rule('c', 1, 8, "rwm"),
			rule('c', 1, 9, "rwm"), rule('c', 5, 0, "rwm"), rule('c', 5, 1, "rwm"), rule('c', 5, 2, "rwm"),
			rule('c', 136, -1, "rwm"));

	private DeviceAccess() {
	}

	static List<DeviceSpec.Rule> rules(DeviceSpec declared, List<DeviceNode> nodes) {
		List<DeviceSpec.Rule> rules = new ArrayList<>(STANDARD);
		for (DeviceNode node : nodes) {
			rules.add(rule(node.type(), node.major(), node.minor(), node.access()));
		}
		rules.addAll(declared.rules());
		return rules;
	}

	private static DeviceSpec.Rule rule(char type, int major, int minor, String access) {
		return new DeviceSpec.Rule(type, major, minor, access);
	}

}
