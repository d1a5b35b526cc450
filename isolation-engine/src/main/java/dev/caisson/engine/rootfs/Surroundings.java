package dev.caisson.engine.rootfs;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * What a root file system needs to know of the service and of other containers.
 *
 * @param emptyDirectory a directory of the run root, always empty, on which each new root
 * is mounted for a moment in its own namespace
 * @param label the SELinux label of all files of the container; empty without SELinux
 * @param ipcPeer a process of the container whose IPC namespace is shared, if one is
 */
public record Surroundings(Path emptyDirectory, String label, OptionalInt ipcPeer) {
}
