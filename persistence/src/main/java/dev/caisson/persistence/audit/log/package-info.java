/**
 * The audit log: appended to, kept, hashed, signed, read. A record goes to a journal
 * first, which is fast, and then to the database in batches, which is searchable. What an
 * action is and who an actor is is the caller's business.
 *
 * <pre>
 * append --> journal (acknowledged) --> writer: rows and tiles (one transaction) --> checkpoint
 * </pre>
 */
@NullMarked
package dev.caisson.persistence.audit.log;

import org.jspecify.annotations.NullMarked;
