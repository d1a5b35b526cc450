/**
 * Accounts and tokens. Strings come in; what a role may do, how a password is hashed and
 * what a label means is the caller's business.
 */
@NullMarked
package dev.caisson.persistence.access;

import org.jspecify.annotations.NullMarked;
