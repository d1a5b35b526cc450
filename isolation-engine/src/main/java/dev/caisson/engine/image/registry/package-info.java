/**
 * Registries: what the OCI distribution specification and Docker's token authentication
 * define, over HTTP. What comes in are names and credentials, and answers of servers that
 * are not trusted; what goes out are blobs, for the image store to verify. It must not
 * know how the store keeps them.
 */
@NullMarked
package dev.caisson.engine.image.registry;

import org.jspecify.annotations.NullMarked;
