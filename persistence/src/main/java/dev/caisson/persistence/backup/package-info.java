/**
 * Backups: all rows of all tables at one moment, and the audit log's keys, in a form that
 * does not depend on the database they come from. Where a database lies is not known
 * here.
 */
@NullMarked
package dev.caisson.persistence.backup;

import org.jspecify.annotations.NullMarked;
