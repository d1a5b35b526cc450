/**
 * Images that are made here without a Dockerfile: of a container, or of an archive of
 * files. Requests come in; it must not know how containers and images are kept.
 */
@NullMarked
package dev.caisson.platform.commit;

import org.jspecify.annotations.NullMarked;
