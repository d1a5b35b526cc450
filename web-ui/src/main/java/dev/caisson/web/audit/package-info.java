/**
 * The audit log as auditors read it: search, one record, its proof. It changes nothing.
 */
@NullMarked
package dev.caisson.web.audit;

import org.jspecify.annotations.NullMarked;
