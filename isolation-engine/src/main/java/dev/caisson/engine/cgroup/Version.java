package dev.caisson.engine.cgroup;

/** The two file layouts of control groups: cgroup(7). */
enum Version {

	V1, V2

}
