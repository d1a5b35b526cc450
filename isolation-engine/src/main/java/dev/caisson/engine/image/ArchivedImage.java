package dev.caisson.engine.image;

import java.util.List;

/**
 * An image that an archive has whole, with every digest verified.
 *
 * @param config its configuration
 * @param layers lowest first; each is the one that the configuration names
 * @param names its names, canonical and with tags; may be empty
 */
record ArchivedImage(ConfigDocument config, List<ArchivedLayer> layers, List<ImageReference> names) {

}
