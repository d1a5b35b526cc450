/**
 * Seccomp: profiles in the Docker form, the default profile, compilation by libseccomp.
 */
@NullMarked
package dev.caisson.engine.seccomp;

import org.jspecify.annotations.NullMarked;
