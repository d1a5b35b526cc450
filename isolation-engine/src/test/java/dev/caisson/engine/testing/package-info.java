/**
 * What the tests of every module share: what a test needs of the kernel, the proof that
 * it left nothing behind, short-lived roots, and the busybox image. Published as the
 * test-jar of this module; must not know the rooms of the engine.
 */
@NullMarked
package dev.caisson.engine.testing;

import org.jspecify.annotations.NullMarked;
