/**
 * What a record of the audit log is, and the one sequence of bytes by which it is hashed,
 * kept and exchanged. It needs nothing but the JDK.
 */
@NullMarked
package dev.caisson.persistence.audit;

import org.jspecify.annotations.NullMarked;
