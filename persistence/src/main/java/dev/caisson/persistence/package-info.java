/**
 * The database: where it lies, how it is opened, migrated and refused. The records
 * themselves are in one package per feature below; none of them knows the engine.
 */
@NullMarked
package dev.caisson.persistence;

import org.jspecify.annotations.NullMarked;
