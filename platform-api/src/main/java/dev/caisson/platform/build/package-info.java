/**
 * Building images of Dockerfiles: POST /build in its classic form. A context and a
 * Dockerfile come in, an image comes out, step by step; each RUN is an ordinary
 * container, which this package asks for and does not launch itself.
 */
@NullMarked
package dev.caisson.platform.build;

import org.jspecify.annotations.NullMarked;
