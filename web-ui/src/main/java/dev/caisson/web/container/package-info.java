/**
 * The list of containers and the pages of one: state, isolation, launch, logs, use. What
 * is done to containers goes through the platform's verbs.
 */
@NullMarked
package dev.caisson.web.container;

import org.jspecify.annotations.NullMarked;
