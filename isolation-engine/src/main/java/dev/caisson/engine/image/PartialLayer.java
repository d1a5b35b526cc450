package dev.caisson.engine.image;

import dev.caisson.engine.linux.Fd;

/**
 * A directory into which a layer is unpacked, under a name that marks it as unfinished.
 *
 * @param name its name in the layers' directory
 * @param root the directory
 */
record PartialLayer(String name, Fd root) {

}
