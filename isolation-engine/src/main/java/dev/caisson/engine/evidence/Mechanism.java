package dev.caisson.engine.evidence;

/** The walls around a container, each with a room of its own in the engine. */
public enum Mechanism {

	NAMESPACE, CGROUP, SECCOMP, CAPABILITY, SELINUX, ROOTFS, PROCESS, NETWORK

}
