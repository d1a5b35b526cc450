/**
 * Which images may be used: by where they come from, by how they are named, and by who
 * has signed them. What comes in are names, and signatures of strangers; what goes out is
 * a verdict. It must not know how signatures are fetched or kept.
 */
@NullMarked
package dev.caisson.engine.image.trust;

import org.jspecify.annotations.NullMarked;
