/**
 * The hash tree of RFC 6962, section 2: hashes, roots, and proofs and their checks. Bytes
 * come in; what they mean and where they are kept is not known here. It needs nothing but
 * the JDK, so that an auditor can read all of it.
 */
@NullMarked
package dev.caisson.persistence.merkle;

import org.jspecify.annotations.NullMarked;
