/**
 * Evidence and its check: what a log must hand over so that somebody who trusts nothing
 * of the server, but a public key, can tell whether anything was changed. It needs
 * nothing but the JDK.
 */
@NullMarked
package dev.caisson.persistence.audit.bundle;

import org.jspecify.annotations.NullMarked;
