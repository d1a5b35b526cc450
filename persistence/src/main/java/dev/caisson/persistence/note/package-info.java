/**
 * Signed notes and checkpoints as C2SP specifies them (c2sp.org/signed-note,
 * c2sp.org/tlog-checkpoint), signed with Ed25519 (RFC 8032). It needs nothing but the JDK
 * and the hash tree.
 */
@NullMarked
package dev.caisson.persistence.note;

import org.jspecify.annotations.NullMarked;
